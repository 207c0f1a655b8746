import { describe, expect, it } from "vitest";
import type { Connection } from "../src/connection.js";
import { compile } from "../src/judge.js";
import type { Policy } from "../src/policy.js";
import {
  adminNetworkPolicy,
  baselineAdminNetworkPolicy,
  clusterNetworkPolicy,
  networkPolicy,
} from "./policy-objects.js";
import { connection, shop } from "./shop-cluster.js";

function judged(policies: readonly Policy[], text: string, rest?: Partial<Connection>): string {
  const { verdict, doubt } = compile(shop(...policies)).judge(connection(text, rest));
  return doubt === undefined ? verdict : `${verdict}: ${doubt}`;
}

const EVERYONE = { namespaces: {} };
const STORE = { namespaces: { matchLabels: { team: "store" } } };
const DATA = { namespaces: { matchLabels: { team: "data" } } };
const OUT = "shop/web > data/db 5432/TCP";

/** Ingress into `data` from `shop`, with an action. */
const admin = (name: string, priority: number, action: string, rest: object = {}) =>
  adminNetworkPolicy(name, { priority, subject: DATA, ingress: [{ action, from: [STORE], ...rest }] });
const baseline = (action: string) =>
  baselineAdminNetworkPolicy({ subject: DATA, ingress: [{ action, from: [STORE] }] });
const open = networkPolicy("data", "open", { podSelector: {}, ingress: [{}] });
const closed = networkPolicy("data", "closed", { podSelector: {}, ingress: [] });

describe("tiers", () => {
  it.each([
    ["nothing says anything", [], "allowed"],
    ["admin allows over a NetworkPolicy that denies", [admin("a", 1, "Allow"), closed], "allowed"],
    ["admin denies over a NetworkPolicy that allows", [admin("a", 1, "Deny"), open], "denied"],
    ["admin passes to a NetworkPolicy", [admin("a", 1, "Pass"), closed, baseline("Allow")], "denied"],
    ["admin passes to the baseline", [admin("a", 1, "Pass"), baseline("Deny")], "denied"],
    ["admin passes, and nothing follows", [admin("a", 1, "Pass")], "allowed"],
    ["a NetworkPolicy hides the baseline", [open, baseline("Deny")], "allowed"],
    ["a NetworkPolicy that denies hides it, too", [closed, baseline("Allow")], "denied"],
    ["the baseline denies", [baseline("Deny")], "denied"],
    [
      "no rule matches: nothing is isolated",
      [admin("a", 1, "Allow", { ports: [{ namedPort: "http" }] })],
      "allowed",
    ],
  ])("%s", (_title, policies, verdict) => {
    expect(judged(policies, OUT)).toBe(verdict);
  });

  it("egress is the source's, ingress the destination's", () => {
    const out = adminNetworkPolicy("out", {
      priority: 1,
      subject: STORE,
      egress: [{ action: "Deny", to: [DATA] }],
    });
    expect(judged([out, admin("in", 1, "Allow")], OUT)).toBe("denied");
    expect(judged([out], "data/db > shop/web 80/TCP")).toBe("allowed");
  });

  it("a verdict names tier, policy, rule and its name", () => {
    const policy = adminNetworkPolicy("gate", {
      priority: 5,
      subject: DATA,
      ingress: [
        { action: "Allow", from: [DATA] },
        { name: "no-store", action: "Deny", from: [DATA, STORE] },
      ],
    });
    expect(compile(shop(policy)).judge(connection(OUT)).ingress.by).toEqual({
      kind: "rule",
      tier: "admin",
      policy: { kind: "AdminNetworkPolicy", namespace: "", name: "gate" },
      action: "deny",
      rule: 1,
      ruleName: "no-store",
      peer: 1,
    });
  });
});

describe("priority", () => {
  it("the lower number goes first", () => {
    expect(judged([admin("a", 9, "Deny"), admin("b", 1, "Allow")], OUT)).toBe("allowed");
    expect(judged([admin("a", 1, "Deny"), admin("b", 9, "Allow")], OUT)).toBe("denied");
  });

  it("within a policy, the first rule that matches counts", () => {
    const policy = adminNetworkPolicy("p", {
      priority: 1,
      subject: DATA,
      ingress: [
        { action: "Allow", from: [STORE], ports: [{ portNumber: { protocol: "TCP", port: 5432 } }] },
        { action: "Deny", from: [STORE] },
      ],
    });
    expect(judged([policy], OUT)).toBe("allowed");
    expect(judged([policy], "shop/web > data/db 5433/TCP")).toBe("denied");
  });

  it("Pass ends the tier: a later Deny in it does not count", () => {
    expect(judged([admin("a", 1, "Pass"), admin("b", 2, "Deny"), open], OUT)).toBe("allowed");
  });

  it("equal priorities that disagree are undetermined", () => {
    expect(judged([admin("a", 1, "Deny"), admin("b", 1, "Allow")], OUT)).toBe("undetermined: equal-priority");
    expect(judged([admin("a", 1, "Pass"), admin("b", 1, "Allow"), closed], OUT)).toBe(
      "undetermined: equal-priority",
    );
  });

  it("equal priorities that come to the same are not", () => {
    expect(judged([admin("a", 1, "Deny"), admin("b", 1, "Deny")], OUT)).toBe("denied");
    expect(judged([admin("a", 1, "Pass"), admin("b", 1, "Allow"), open], OUT)).toBe("allowed");
    const other = admin("b", 1, "Allow", { ports: [{ portNumber: { protocol: "UDP", port: 53 } }] });
    expect(judged([admin("a", 1, "Deny"), other], OUT)).toBe("denied");
  });
});

describe("subjects, peers and ports", () => {
  const to = (peer: object, action = "Deny", rest: object = {}) =>
    adminNetworkPolicy("to", { priority: 1, subject: STORE, egress: [{ action, to: [peer], ...rest }] });

  it("pods by namespace and pod selector", () => {
    const only = { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "db" } } } };
    expect(judged([to(only)], OUT)).toBe("denied");
    expect(judged([to(only)], "shop/web > shop/cart 80/TCP")).toBe("allowed");
    const subject = { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "cart" } } } };
    const policy = adminNetworkPolicy("s", {
      priority: 1,
      subject,
      egress: [{ action: "Deny", to: [EVERYONE] }],
    });
    expect(judged([policy], OUT)).toBe("allowed");
    expect(judged([policy], "shop/cart > data/db 5432/TCP")).toBe("denied");
  });

  it("networks match pods, too", () => {
    expect(judged([to({ networks: ["10.0.2.0/24", "9.9.9.9/32"] })], OUT)).toBe("denied");
    expect(judged([to({ networks: ["10.0.2.0/24", "9.9.9.9/32"] })], "shop/web > 9.9.9.9 53/UDP")).toBe(
      "denied",
    );
    expect(judged([to({ networks: ["0.0.0.0/0"] })], "shop/web > 2001:db8::1 53/UDP")).toBe("allowed");
  });

  it("nodes by their labels, and pods on their node's network with them", () => {
    const zone = { nodes: { matchLabels: { zone: "b" } } };
    expect(judged([to(zone)], "shop/web > node:n2 22/TCP")).toBe("denied");
    expect(judged([to(zone)], "shop/web > node:n1 22/TCP")).toBe("allowed");
    expect(judged([to({ nodes: {} })], "shop/web > data/agent 22/TCP")).toBe("denied");
    expect(judged([to(EVERYONE)], "shop/web > data/agent 22/TCP")).toBe("allowed");
  });

  it("the own node's doubt about default deny holds behind a doubtful Pass, too", () => {
    const policy = adminNetworkPolicy("p", {
      priority: 1,
      subject: STORE,
      egress: [
        { action: "Pass", to: [{ networks: ["10.0.0.0/8"] }] },
        { action: "Deny", to: [{ nodes: {} }] },
      ],
    });
    const none = networkPolicy("shop", "none", { podSelector: {}, policyTypes: ["Egress"] });
    const dialled = { dialledAddress: "10.96.0.1" };
    expect(judged([policy, none], "shop/web > node:n1 443/TCP", dialled)).toBe(
      "undetermined: translated-destination",
    );
    expect(judged([policy, none], "shop/web > node:n2 443/TCP", dialled)).toBe("denied");
  });

  it("domain names are undetermined where they would decide", () => {
    const rule = { action: "Allow", to: [{ domainNames: ["example.org"] }] };
    const rest = { action: "Deny", to: [{ networks: ["0.0.0.0/0"] }] };
    const policy = adminNetworkPolicy("d", { priority: 1, subject: STORE, egress: [rule, rest] });
    expect(judged([policy], "shop/web > 8.8.8.8 443/TCP")).toBe("undetermined: domain-name");
    expect(judged([policy], OUT)).toBe("denied");
    const alone = adminNetworkPolicy("d", { priority: 1, subject: STORE, egress: [rule] });
    expect(judged([alone], "shop/web > 8.8.8.8 443/TCP")).toBe("allowed");
  });

  it.each([
    ["a number", { portNumber: { protocol: "TCP", port: 5432 } }, "denied"],
    ["a range", { portRange: { protocol: "TCP", start: 5000, end: 6000 } }, "denied"],
    ["a range of another protocol", { portRange: { protocol: "UDP", start: 5000, end: 6000 } }, "allowed"],
    ["a name, of whatever protocol", { namedPort: "sql" }, "denied"],
    ["a name that the destination has not", { namedPort: "metrics" }, "allowed"],
  ])("ports: %s", (_title, port, verdict) => {
    expect(judged([to(DATA, "Deny", { ports: [port] })], OUT)).toBe(verdict);
  });
});

describe("ClusterNetworkPolicy", () => {
  const cluster = (tier: string, priority: number, action: string, rest: object = {}) =>
    clusterNetworkPolicy(`${tier}-${priority}-${action}`.toLowerCase(), {
      tier,
      priority,
      subject: DATA,
      ingress: [{ action, from: [STORE], ...rest }],
    });

  it.each([
    ["Admin accepts", [cluster("Admin", 1, "Accept"), closed], "allowed"],
    ["Admin denies", [cluster("Admin", 1, "Deny"), open], "denied"],
    ["Admin passes", [cluster("Admin", 1, "Pass"), cluster("Admin", 2, "Deny"), closed], "denied"],
    ["Baseline denies", [cluster("Baseline", 1, "Deny")], "denied"],
    [
      "Baseline has priorities",
      [cluster("Baseline", 2, "Deny"), cluster("Baseline", 1, "Accept")],
      "allowed",
    ],
    [
      "Baseline passes to what is default",
      [cluster("Baseline", 1, "Pass"), cluster("Baseline", 2, "Deny")],
      "allowed",
    ],
    ["Baseline is hidden by a NetworkPolicy", [cluster("Baseline", 1, "Deny"), open], "allowed"],
    [
      "equal priorities",
      [cluster("Admin", 1, "Deny"), cluster("Admin", 1, "Accept")],
      "undetermined: equal-priority",
    ],
    ["both API versions in one tier", [cluster("Admin", 5, "Deny"), admin("a", 4, "Allow")], "allowed"],
  ])("%s", (_title, policies, verdict) => {
    expect(judged(policies, OUT)).toBe(verdict);
  });

  it.each([
    ["a number", { tcp: { destinationPort: { number: 5432 } } }, "denied"],
    ["a range", { tcp: { destinationPort: { range: { start: 5000, end: 6000 } } } }, "denied"],
    ["a protocol alone", { tcp: {} }, "denied"],
    ["another protocol", { sctp: {} }, "allowed"],
    ["a name", { destinationNamedPort: "sql" }, "denied"],
  ])("protocols: %s", (_title, protocol, verdict) => {
    expect(judged([cluster("Admin", 1, "Deny", { protocols: [protocol] })], OUT)).toBe(verdict);
  });

  it("a rule without protocols is about ICMP, too", () => {
    expect(judged([cluster("Admin", 1, "Deny")], "shop/web > data/db 0/1")).toBe("denied");
    expect(
      judged([cluster("Admin", 1, "Deny", { protocols: [{ tcp: {} }] })], "shop/web > data/db 0/1"),
    ).toBe("allowed");
  });
});
