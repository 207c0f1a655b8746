import { describe, expect, it } from "vitest";
import { JoinedManifests } from "../src/policy/joined-manifests.js";
import { policyNameOption } from "../src/policy/policy-name-option.js";

describe("the name of a policy as an option", () => {
  it("has a namespace, or a kind that has none, and adds to those before", () => {
    const web = { kind: "NetworkPolicy", namespace: "shop", name: "web" };
    expect(policyNameOption("shop/web")).toEqual([web]);
    expect(policyNameOption("NetworkPolicy/shop/web")).toEqual([web]);
    expect(policyNameOption("AdminNetworkPolicy/guard", policyNameOption("shop/web"))).toEqual([
      web,
      { kind: "AdminNetworkPolicy", namespace: "", name: "guard" },
    ]);
  });

  it.each([
    "web",
    "NetworkPolicy/web",
    "AdminNetworkPolicy/shop/guard",
    "OtherPolicy/x",
    "Deployment/web",
    "shop/Web",
    "a/b/c",
    "",
  ])("is refused as %j", (text) => {
    expect(() => policyNameOption(text)).toThrow("It takes a policy such as shop/web");
  });
});

it("finds lines of joined manifests again", () => {
  const joined = new JoinedManifests([
    { path: "a.yaml", text: "one\ntwo\n" },
    { path: "b.yaml", text: "three" },
    { path: "c.yaml", text: "four\nfive" },
  ]);
  const lines = joined.text.split("\n");
  const placeOf = (text: string) => joined.placeOf(lines.indexOf(text) + 1);
  expect(["one", "two", "three", "four", "five"].map(placeOf)).toEqual([
    "a.yaml:1",
    "a.yaml:2",
    "b.yaml:1",
    "c.yaml:1",
    "c.yaml:2",
  ]);
});
