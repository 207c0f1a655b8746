import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemText } from "../src/problem.js";
import { readManifests } from "../src/read-manifests.js";
import { fixtureFolder } from "./fixture-folder.js";

function problems(text: string): string[] {
  return readManifests([{ path: "f.yaml", text }]).problems.map(problemText);
}

const NO_NAME =
  "is no port name (up to 15 lower-case letters, digits and single hyphens, one letter at least)";

describe("readManifests", () => {
  it("names what is wrong by file, line and field", () => {
    expect(readManifests(fixtureFolder("broken")).problems.map(problemText)).toMatchInlineSnapshot(`
      [
        "broken/policies.yaml:10: NetworkPolicy shop/bad-cidr: spec.egress[0].to[1].ipBlock.cidr: is no network in CIDR notation",
        "broken/policies.yaml:23: NetworkPolicy shop/bad-except: spec.ingress[0].from[0].ipBlock.except[1]: is no part of 10.0.0.0/8",
        "broken/policies.yaml:31: NetworkPolicy shop/bad-selector: spec.podSelector.matchExpressions[0].values: must not be empty for In",
        "broken/policies.yaml:43: NetworkPolicy shop/bad-range: spec.ingress[0].ports[0].endPort: is less than port 8000",
        "broken/policies.yaml:50: NetworkPolicy shop/unknown-field: spec.ingres: is no field of this kind",
        "broken/policies.yaml:61: NetworkPolicy shop/both: spec.ingress[0].from[0].ipBlock: excludes selectors in one element",
        "broken/policies.yaml:62: NetworkPolicy shop/both: spec.ingress[0].from[1]: is empty",
        "broken/policies.yaml:68: AdminNetworkPolicy bad-admin: spec.priority: is more than 1000",
        "broken/policies.yaml:69: AdminNetworkPolicy bad-admin: spec.subject: has namespaces and pods, of which only one may be there",
        "broken/policies.yaml:71: AdminNetworkPolicy bad-admin: spec.ingress[0].action: expected one of "Allow"|"Deny"|"Pass"",
        "broken/policies.yaml:72: AdminNetworkPolicy bad-admin: spec.ingress[0].from: is empty",
      ]
    `);
  });

  it("leaves out what is wrong, and keeps the rest", () => {
    const { state } = readManifests(fixtureFolder("broken"));
    expect(state.policies.map(({ name }) => name)).toEqual(["fine"]);
    expect(state.pods.map(({ name }) => name)).toEqual(["web", "cart"]);
  });

  it("finds lines in lists, aliases and JSON", () => {
    const list = [
      "apiVersion: v1",
      "kind: List",
      "items:",
      "  - apiVersion: networking.k8s.io/v1",
      "    kind: NetworkPolicy",
      "    metadata: { name: a }",
      "    spec:",
      "      podSelector: &bad",
      "        matchLabels: {}",
      "        labels: {}",
      "      ingress:",
      "        - from:",
      "            - podSelector: *bad",
    ];
    expect(problems(list.join("\n"))).toEqual([
      "f.yaml:10: NetworkPolicy a: spec.podSelector.labels: is no field of this kind",
      "f.yaml:10: NetworkPolicy a: spec.ingress[0].from[0].podSelector.labels: is no field of this kind",
    ]);
    const json =
      '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy",\n"metadata":{"name":"a"},\n"spek":{}}';
    expect(problems(json)).toEqual(["f.yaml:3: NetworkPolicy a: spek: is no field of this kind"]);
  });

  it.each([
    ["port: 0", "is less than 1"],
    ["port: 65536", "is more than 65535"],
    ['port: "80"', NO_NAME],
    ["port: Web", NO_NAME],
    ["port: true", "is neither a port number from 1 to 65535 nor a port name"],
  ])("%s", (field, message) => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a, namespace: b }
spec:
  ingress:
    - ports:
        - ${field}
`;
    expect(problems(text)).toEqual([
      `f.yaml:7: NetworkPolicy b/a: spec.ingress[0].ports[0].port: ${message}`,
    ]);
  });

  it("a document that is no YAML is named, and the others are read", () => {
    const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n---\n`;
    const files = [{ path: "f.yaml", text: `${pod("a")}{ name: [odd\n---\n${pod("b")}` }];
    const { state, problems } = readManifests(files);
    expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual(["f.yaml:6"]);
    expect(state.pods.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("a policy that is there twice counts once", () => {
    const policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: {}\n";
    expect(problems(`${policy}---\n${policy}`)).toEqual([
      "f.yaml:8: NetworkPolicy a: metadata.name: is there twice; the first one counts",
    ]);
  });

  it("a version that is no more is named", () => {
    const text = "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: {}\n";
    expect(problems(text)).toEqual([
      'f.yaml:1: NetworkPolicy a: apiVersion: expected "networking.k8s.io/v1"',
    ]);
  });

  it("kinds of other groups are none of its business", () => {
    const text =
      "apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { x: 1 }\n";
    expect(problems(text)).toEqual([]);
  });

  it("never throws, whatever a policy holds", () => {
    const head = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "a" } };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.string(), (spec, text) => {
        const files = [
          { path: "a.yaml", text: JSON.stringify({ ...head, spec }) },
          { path: "b.yaml", text },
          { path: "c.yaml", text: `kind: Pod\napiVersion: v1\nmetadata: ${text}` },
        ];
        const { state, problems } = readManifests(files);
        expect(state.policies.length > 0).toBe(!problems.some(({ file }) => file === "a.yaml"));
      }),
    );
  });
});
