import { describe, expect, test } from "vitest";
import { type DropPrefix, parseDropPrefix } from "../src/drop-prefix.js";

const networkPolicy = (namespace: string, name: string) => ({ kind: "NetworkPolicy", namespace, name });
const calico = (namespace: string, name: string) => ({ kind: "CalicoNetworkPolicy", namespace, name });
const global = (name: string) => ({ kind: "CalicoGlobalNetworkPolicy", namespace: "", name });

function expectPrefix(text: string, group: number, expected: Partial<DropPrefix>): void {
  const nothing: DropPrefix = {
    enforcer: "unknown",
    action: null,
    direction: null,
    policy: null,
    rule: null,
  };
  expect(parseDropPrefix(text, group), text).toEqual({ ...nothing, ...expected });
}

test("the lab's prefixes name direction and policy, and say how many more isolate", () => {
  const lab = { enforcer: "hopline-lab", action: "deny" } as const;
  expectPrefix("hopline-deny:in:data/database+1", 100, {
    ...lab,
    direction: "ingress",
    policy: networkPolicy("data", "database"),
  });
  expectPrefix("hopline-deny:eg:tools/no-egress", 7, {
    ...lab,
    direction: "egress",
    policy: networkPolicy("tools", "no-egress"),
  });
  // Cut to what netfilter keeps: the name may go on.
  expectPrefix(`hopline-deny:in:data/${"a".repeat(42)}`, 100, { ...lab, direction: "ingress" });
});

describe("Calico's prefixes", () => {
  test.each<[string, Partial<DropPrefix>]>([
    [
      "DPI0|knp/shop/allow-api",
      { action: "deny", direction: "ingress", policy: networkPolicy("shop", "allow-api"), rule: 0 },
    ],
    [
      "DPE12|np/shop/default.policy",
      { action: "deny", direction: "egress", policy: calico("shop", "default.policy"), rule: 12 },
    ],
    ["DPE88|gnp/quarantine", { action: "deny", direction: "egress", policy: global("quarantine"), rule: 88 }],
    [
      "DPI1|kcnp/admins",
      {
        action: "deny",
        direction: "ingress",
        policy: { kind: "ClusterNetworkPolicy", namespace: "", name: "admins" },
        rule: 1,
      },
    ],
    // Allowed and passed on: no drops.
    [
      "API0|np/namespace1/default.policy",
      { action: "allow", direction: "ingress", policy: calico("namespace1", "default.policy"), rule: 0 },
    ],
    ["PRE999|short.profile.name", { action: "pass", direction: "egress", rule: 999 }],
    ["ARE0|kns.shop", { action: "allow", direction: "egress", rule: 0 }],
    // Before version 3.31.
    [
      "DPI2|shop/knp.default.allow-api",
      { action: "deny", direction: "ingress", policy: networkPolicy("shop", "allow-api"), rule: 2 },
    ],
    [
      "API0|namespace1/default.policy",
      { action: "allow", direction: "ingress", policy: calico("namespace1", "default.policy"), rule: 0 },
    ],
    [
      "NPE3|security.pass-on",
      { action: "pass", direction: "egress", policy: global("security.pass-on"), rule: 3 },
    ],
    [
      "DPI4|kanp.adminnetworkpolicy.lock",
      {
        action: "deny",
        direction: "ingress",
        policy: { kind: "AdminNetworkPolicy", namespace: "", name: "lock" },
        rule: 4,
      },
    ],
    // No rule matched: the end of a tier, a policy that it names, no profile.
    ["DPE|tier-1", { action: "deny", direction: "egress" }],
    ["DPI|default", { action: "deny", direction: "ingress" }],
    [
      "DPI|shop/default.policy",
      { action: "deny", direction: "ingress", policy: calico("shop", "default.policy") },
    ],
    ["DRI", { action: "deny", direction: "ingress" }],
    // A staged policy does nothing.
    [
      "DPI0|sknp/shop/allow-api",
      { action: null, direction: "ingress", policy: networkPolicy("shop", "allow-api"), rule: 0 },
    ],
    [
      "DPI0|shop/staged:default.policy",
      { action: null, direction: "ingress", policy: calico("shop", "default.policy"), rule: 0 },
    ],
    // Hashed.
    [
      "DPE1|gnp/t_FSGxA9eGa6t_A5Rj2agPvl4aq8-eohq0An6xEW4n7_olicy-name",
      { action: "deny", direction: "egress", rule: 1 },
    ],
  ])("%s", (text, expected) => {
    expectPrefix(text, 1, { enforcer: "calico", ...expected });
  });
});

test("kube-router logs without a prefix, to group 100 only", () => {
  expectPrefix("", 100, { enforcer: "kube-router", action: "deny" });
  expectPrefix("", 5, {});
});

test("Antrea's prefixes say direction and action", () => {
  expectPrefix("Antrea:I:Drop:default-drop:", 0, {
    enforcer: "antrea",
    action: "deny",
    direction: "ingress",
  });
  expectPrefix("Antrea:O:Reject:no-ssh:", 0, { enforcer: "antrea", action: "deny", direction: "egress" });
  expectPrefix("Antrea:I:Allow:allow-http:", 0, {
    enforcer: "antrea",
    action: "allow",
    direction: "ingress",
  });
});

test("of others' prefixes only the words are known", () => {
  expectPrefix("[UFW BLOCK] ", 5, { action: "deny" });
  expectPrefix("FORWARD-DROP: ", 5, { action: "deny" });
  expectPrefix("accepted: ", 5, {});
  expectPrefix("raindrops", 5, {});
  expectPrefix("ssh in", 100, {});
});
