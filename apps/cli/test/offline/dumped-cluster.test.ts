import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemText } from "@hopline/policy";
import { afterAll, describe, expect, it } from "vitest";
import { readDumps } from "../../src/offline/dumped-cluster.js";

const dir = mkdtempSync(join(tmpdir(), "hopline-dump-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const policy = (name: string, spec: string) => `- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: ${name}, namespace: shop}
  spec:
${spec}`;

const DUMP = `apiVersion: v1
kind: List
items:
${policy("cidr", "    ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]\n")}${policy(
  "selector",
  `    podSelector:
      matchExpressions:
      - key: app
        operator: Is
`,
)}${policy(
  "range",
  `    egress:
    - ports:
      - port: 9000
        endPort: 80
`,
)}${policy(
  "field",
  `    podSelector: {}
    ingresses:
      - from: []
`,
)}${policy("sound", "    podSelector: {}\n")}- apiVersion: v1
  kind: Node
  metadata: {name: node1}
`;

describe("policies in a dump that cannot be read", () => {
  it("are named with file, line and field, and the rest of the dump counts", () => {
    const path = join(dir, "cluster.yaml");
    writeFileSync(path, DUMP);
    const { problems, nodes } = readDumps([path]);
    expect(problems.map((problem) => problemText(problem).replace(dir, "DIR"))).toEqual([
      "DIR/cluster.yaml:8: NetworkPolicy shop/cidr: spec.ingress[0].from[0].ipBlock.cidr: is no network in CIDR notation",
      'DIR/cluster.yaml:16: NetworkPolicy shop/selector: spec.podSelector.matchExpressions[0].operator: expected one of "In"|"NotIn"|"Exists"|"DoesNotExist"',
      "DIR/cluster.yaml:24: NetworkPolicy shop/range: spec.egress[0].ports[0].endPort: is less than port 9000",
      "DIR/cluster.yaml:30: NetworkPolicy shop/field: spec.ingresses: is no field of this kind",
    ]);
    expect([...nodes]).toEqual(["node1"]);
  });
});
