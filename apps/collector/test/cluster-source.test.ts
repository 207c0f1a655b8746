import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EndpointHistory } from "@hopline/kube";
import { createLogger } from "@hopline/process";
import { expect, it } from "vitest";
import { openClusterSource } from "../src/cluster/cluster-source.js";
import { PolicyHistory } from "../src/policy/policy-history.js";
import { temporaryFolder } from "./temporary-folder.js";

const NOW_MS = Date.parse("2026-11-21T10:00:00Z");

const DUMP = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: broken, namespace: shop}
spec:
  podSelector: {}
  ingress:
  - from:
    - ipBlock:
        cidr: 10.0.0.0/8
        except: [10.1.0.0/16, 11.0.0.0/16]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: sound, namespace: shop}
spec:
  podSelector: {}
`;

it("names policies of a dump that cannot be read by file, line and field; the others count", async () => {
  const path = join(await temporaryFolder(), "cluster.yaml");
  writeFileSync(path, DUMP);
  const now = () => NOW_MS;
  const policies = new PolicyHistory({ nowMs: now });
  openClusterSource({
    settings: { kube: true, kubeDump: [path] },
    env: {},
    history: new EndpointHistory({ nowMs: now }),
    policies,
    now,
    log: createLogger({ app: "collector", level: "silent", format: "json" }),
  });
  policies.restore([], 0);
  expect(policies.problems).toEqual([
    {
      object: `${path}:10: NetworkPolicy shop/broken`,
      field: "spec.ingress[0].from[0].ipBlock.except[1]",
      message: "is no part of 10.0.0.0/8",
    },
  ]);
  expect(policies.stateAt(NOW_MS).policies.map(({ name }) => name)).toEqual(["sound"]);
});
