import { describe, expect, it } from "vitest";
import type { Connection } from "../src/connection.js";
import { compile } from "../src/judge.js";
import type { Policy } from "../src/policy.js";
import { networkPolicy } from "./policy-objects.js";
import { connection, shop } from "./shop-cluster.js";

/** `allowed`, `denied`, or `undetermined: WHY`. */
function judged(policies: readonly Policy[], text: string, rest?: Partial<Connection>): string {
  const { verdict, doubt } = compile(shop(...policies)).judge(connection(text, rest));
  return doubt === undefined ? verdict : `${verdict}: ${doubt}`;
}

const WEB = { matchLabels: { app: "web" } };
const CART = { matchLabels: { app: "cart" } };
const web = (spec: object) => networkPolicy("shop", "web", { podSelector: WEB, ...spec });
const cart = (spec: object) => networkPolicy("shop", "cart", { podSelector: CART, ...spec });
const db = (spec: object) => networkPolicy("data", "db", { podSelector: {}, ...spec });
const IN = "data/db > shop/web 8080/TCP";
const OUT = "shop/web > data/db 5432/TCP";

describe("which directions a policy is about", () => {
  it.each([
    ["no types, no rules: ingress", {}, "denied", "allowed"],
    ["no types, egress rules: both", { egress: [{}] }, "denied", "allowed"],
    [
      "no types, an egress rule that does not match: both",
      { egress: [{ ports: [{ port: 1 }] }] },
      "denied",
      "denied",
    ],
    ["no types, an empty list of egress rules: ingress", { egress: [] }, "denied", "allowed"],
    ["an empty list of types is none", { policyTypes: [], egress: [{}] }, "denied", "allowed"],
    ["Ingress only: egress rules are void", { policyTypes: ["Ingress"], egress: [] }, "denied", "allowed"],
    ["Egress only: ingress rules are void", { policyTypes: ["Egress"], ingress: [] }, "allowed", "denied"],
    [
      "Egress only, with ingress rules",
      { policyTypes: ["Egress"], ingress: [{}], egress: [{}] },
      "allowed",
      "allowed",
    ],
    ["both", { policyTypes: ["Ingress", "Egress"] }, "denied", "denied"],
  ])("%s", (_title, spec, ingress, egress) => {
    expect([judged([web(spec)], IN), judged([web(spec)], OUT)]).toEqual([ingress, egress]);
  });
});

describe("empty against absent", () => {
  it.each([
    ["no rules", { ingress: [] }, "denied"],
    ["a rule with nothing in it", { ingress: [{}] }, "allowed"],
    ["an empty from", { ingress: [{ from: [] }] }, "allowed"],
    ["no ports but a from that does not match", { ingress: [{ from: [{ podSelector: CART }] }] }, "denied"],
    ["empty ports", { ingress: [{ ports: [] }] }, "allowed"],
    [
      "an empty podSelector: the policy's own namespace",
      { ingress: [{ from: [{ podSelector: {} }] }] },
      "denied",
    ],
    ["an empty namespaceSelector: all", { ingress: [{ from: [{ namespaceSelector: {} }] }] }, "allowed"],
  ])("%s", (_title, spec, verdict) => {
    expect(judged([web(spec)], IN)).toBe(verdict);
  });

  it("an absent podSelector of the policy selects all of its namespace, and nothing elsewhere", () => {
    const policy = networkPolicy("data", "all", { podSelector: null });
    expect(judged([policy], OUT)).toBe("denied");
    expect(judged([policy], "shop/cart > shop/web 8080/TCP")).toBe("allowed");
  });
});

describe("selectors", () => {
  const from = (...peers: object[]) => db({ ingress: [{ from: peers }] });
  const expression = (key: string, operator: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
  });

  it("in one element both have to match, in two elements either", () => {
    const store = { namespaceSelector: { matchLabels: { team: "store" } } };
    expect(judged([from({ ...store, podSelector: CART })], OUT)).toBe("denied");
    expect(judged([from({ ...store, podSelector: WEB })], OUT)).toBe("allowed");
    expect(judged([from(store, { podSelector: CART })], OUT)).toBe("allowed");
  });

  it.each([
    ["In", expression("team", "In", "store", "other"), "allowed"],
    ["In, of a label that is missing", expression("owner", "In", "store"), "denied"],
    ["NotIn", expression("team", "NotIn", "store"), "denied"],
    ["NotIn, of a label that is missing", expression("sealed", "NotIn", "yes"), "allowed"],
    ["Exists", expression("team", "Exists"), "allowed"],
    ["DoesNotExist", expression("sealed", "DoesNotExist"), "allowed"],
    [
      "the name that every namespace has as a label",
      expression("kubernetes.io/metadata.name", "In", "shop"),
      "allowed",
    ],
    ["all of several", { ...expression("team", "Exists"), matchLabels: { team: "data" } }, "denied"],
  ])("%s", (_title, namespaceSelector, verdict) => {
    expect(judged([from({ namespaceSelector })], OUT)).toBe(verdict);
  });
});

describe("ports", () => {
  const to = (...ports: object[]) => web({ policyTypes: ["Egress"], egress: [{ ports }] });

  it.each([
    ["a number", [{ port: 5432 }], "5432/TCP", "allowed"],
    ["another number", [{ port: 5433 }], "5432/TCP", "denied"],
    ["TCP where no protocol is named", [{ port: 5432 }], "5432/UDP", "denied"],
    ["a protocol alone", [{ protocol: "UDP" }], "9/UDP", "allowed"],
    ["SCTP", [{ protocol: "SCTP", port: 9 }], "9/SCTP", "allowed"],
    ["the first of a range", [{ port: 5000, endPort: 6000 }], "5000/TCP", "allowed"],
    ["the last of a range", [{ port: 5000, endPort: 6000 }], "6000/TCP", "allowed"],
    ["beyond a range", [{ port: 5000, endPort: 6000 }], "6001/TCP", "denied"],
    ["a name, as the destination has it", [{ port: "sql" }], "5432/TCP", "allowed"],
    ["a name that is another port at the source", [{ port: "http" }], "80/TCP", "allowed"],
    ["the source's port of that name", [{ port: "http" }], "8080/TCP", "denied"],
    ["a name of another protocol", [{ port: "sql", protocol: "UDP" }], "5432/UDP", "denied"],
    ["a name that is a port of each protocol: TCP", [{ port: "both" }], "7000/TCP", "allowed"],
    [
      "a name that is a port of each protocol: UDP",
      [{ port: "both", protocol: "UDP" }],
      "7001/UDP",
      "allowed",
    ],
    ["a name that the destination has not", [{ port: "grpc" }], "5432/TCP", "denied"],
    ["any of several", [{ port: 1 }, { port: 5432 }], "5432/TCP", "allowed"],
  ])("egress: %s", (_title, ports, place, verdict) => {
    expect(judged([to(...ports)], `shop/web > data/db ${place}`)).toBe(verdict);
  });

  it("names have no meaning outside of the cluster", () => {
    expect(judged([to({ port: "http" })], "shop/web > 8.8.8.8 80/TCP")).toBe("denied");
  });

  it("ingress: a name is the pod's own", () => {
    const policy = web({ ingress: [{ ports: [{ port: "metrics" }] }] });
    expect(judged([policy], "data/db > shop/web 9090/TCP")).toBe("allowed");
    expect(judged([policy], "data/db > shop/web 8080/TCP")).toBe("denied");
  });

  it("says nothing of ICMP", () => {
    expect(judged([web({ ingress: [{}] })], "data/db > shop/web 0/1")).toBe("undetermined: protocol");
    expect(judged([], "data/db > shop/web 0/1")).toBe("allowed");
  });
});

describe("ipBlock", () => {
  const egress = (...to: object[]) => web({ policyTypes: ["Egress"], egress: [{ to }] });
  const block = (cidr: string, ...except: string[]) => ({ ipBlock: { cidr, except } });

  it.each([
    ["outside, within", [block("8.0.0.0/8")], "8.8.8.8", "allowed"],
    ["outside, not within", [block("9.0.0.0/8")], "8.8.8.8", "denied"],
    ["bits beyond the prefix do not count", [block("8.1.2.3/8")], "8.8.8.8", "allowed"],
    ["within the exception", [block("8.0.0.0/8", "8.8.0.0/16")], "8.8.8.8", "denied"],
    [
      "in one element's exception and in another element",
      [block("8.0.0.0/8", "8.8.0.0/16"), block("8.8.8.0/24")],
      "8.8.8.8",
      "allowed",
    ],
    ["a pod's address", [block("10.0.2.0/24")], "data/db", "allowed"],
    ["a pod's address in the exception", [block("10.0.2.0/24", "10.0.2.30/32")], "data/db", "denied"],
    ["a node's address", [block("192.168.0.2/32")], "node:n2", "allowed"],
    ["a pod on its node's network", [block("192.168.0.2/32")], "data/agent", "undetermined: own-node"],
    ["IPv6, within", [block("2001:db8::/32")], "2001:db8::7", "allowed"],
    ["IPv6, not within", [block("2001:db8::/32")], "2001:db9::7", "denied"],
    ["IPv6 is not in an IPv4 network", [block("0.0.0.0/0")], "2001:db8::7", "denied"],
    ["an IPv4-mapped address is IPv4", [block("8.0.0.0/8")], "::ffff:8.8.8.8", "allowed"],
  ])("%s", (_title, to, destination, verdict) => {
    expect(judged([egress(...to)], `shop/web > ${destination} 443/TCP`)).toBe(verdict);
  });

  it("ingress from outside", () => {
    const policy = web({ ingress: [{ from: [block("203.0.113.0/24")] }] });
    expect(judged([policy], "203.0.113.9 > shop/web 8080/TCP")).toBe("allowed");
    expect(judged([policy], "198.51.100.9 > shop/web 8080/TCP")).toBe("denied");
  });

  it("of a pod in dual stack, the address in use counts", () => {
    const policy = egress(block("fd00::/16"));
    const to = (address: string): Connection => ({
      ...connection("shop/web > shop/cart 80/TCP"),
      destination: { kind: "pod", namespace: "shop", name: "cart", address },
    });
    const judge = compile(shop(policy));
    expect(judge.judge(to("fd00:2::20")).verdict).toBe("allowed");
    expect(judge.judge(to("10.0.2.20")).verdict).toBe("denied");
    expect(judge.judge(connection("shop/web > shop/cart 80/TCP"))).toMatchObject({
      verdict: "undetermined",
      doubt: "address-unknown",
    });
  });

  it("of a pod without an address is undetermined, unless something else matches", () => {
    const text = "shop/web > data/unborn 80/TCP";
    expect(judged([egress(block("10.0.0.0/8"))], text)).toBe("undetermined: address-unknown");
    expect(judged([egress(block("10.0.0.0/8"), { namespaceSelector: {} })], text)).toBe("allowed");
  });
});

describe("translated addresses", () => {
  const VIRTUAL = { dialledAddress: "10.96.0.10" };
  const egress = (...to: object[]) => web({ policyTypes: ["Egress"], egress: [{ to }] });
  const ingress = (...from: object[]) => web({ ingress: [{ from }] });

  it("a Service is judged by its backend", () => {
    expect(judged([egress({ podSelector: CART })], "shop/web > shop/cart 80/TCP", VIRTUAL)).toBe("allowed");
    expect(judged([egress({ podSelector: WEB })], "shop/web > shop/cart 80/TCP", VIRTUAL)).toBe("denied");
  });

  it("an ipBlock that matches before or after only is undetermined", () => {
    const text = "shop/web > data/db 5432/TCP";
    const doubt = "undetermined: translated-destination";
    expect(judged([egress({ ipBlock: { cidr: "10.96.0.0/16" } })], text, VIRTUAL)).toBe(doubt);
    expect(judged([egress({ ipBlock: { cidr: "10.0.2.0/24" } })], text, VIRTUAL)).toBe(doubt);
    expect(judged([egress({ ipBlock: { cidr: "10.0.0.0/8" } })], text, VIRTUAL)).toBe("allowed");
    expect(judged([egress({ ipBlock: { cidr: "172.16.0.0/12" } })], text, VIRTUAL)).toBe("denied");
  });

  it("where it would not matter, it is not undetermined", () => {
    const text = "shop/web > data/db 5432/TCP";
    const both = egress({ ipBlock: { cidr: "10.96.0.0/16" } }, { namespaceSelector: {} });
    expect(judged([both], text, VIRTUAL)).toBe("allowed");
    const closed = db({ ingress: [] });
    expect(judged([egress({ ipBlock: { cidr: "10.96.0.0/16" } }), closed], text, VIRTUAL)).toBe("denied");
  });

  it("a masqueraded source", () => {
    const text = "203.0.113.9 > shop/web 8080/TCP";
    const seen = { seenSourceAddress: "192.168.0.2" };
    const doubt = "undetermined: translated-source";
    expect(judged([ingress({ ipBlock: { cidr: "203.0.113.0/24" } })], text, seen)).toBe(doubt);
    expect(judged([ingress({ ipBlock: { cidr: "192.168.0.0/24" } })], text, seen)).toBe(doubt);
    expect(judged([ingress({ podSelector: {} })], text, seen)).toBe("denied");
  });

  it("a source masqueraded as the pod's own node may pass for it", () => {
    const text = "203.0.113.9 > shop/web 8080/TCP";
    const seen = { seenSourceAddress: "192.168.0.1" };
    expect(judged([ingress({ podSelector: {} })], text, seen)).toBe("undetermined: translated-source");
  });

  it("a masqueraded pod may be missed by selectors", () => {
    const seen = { seenSourceAddress: "192.168.0.2" };
    expect(judged([ingress({ podSelector: CART })], "shop/cart > shop/web 8080/TCP", seen)).toBe(
      "undetermined: translated-source",
    );
  });
});

describe("both ends", () => {
  it("a connection needs egress of its source and ingress of its destination", () => {
    const out = web({ policyTypes: ["Egress"], egress: [{ to: [{ namespaceSelector: {} }] }] });
    expect(judged([out], OUT)).toBe("allowed");
    expect(judged([out, db({ ingress: [] })], OUT)).toBe("denied");
    expect(judged([web({ policyTypes: ["Egress"] }), db({ ingress: [{}] })], OUT)).toBe("denied");
  });

  it("policies add up", () => {
    const none = web({ ingress: [] });
    const some = networkPolicy("shop", "some", { podSelector: {}, ingress: [{ ports: [{ port: 8080 }] }] });
    expect(judged([none, some], IN)).toBe("allowed");
    expect(judged([none, some], "data/db > shop/web 8081/TCP")).toBe("denied");
  });

  it("replies need no rule: only the initiator's direction is judged", () => {
    const policies = [web({ policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [] })];
    expect(judged(policies, IN)).toBe("allowed");
    expect(judged(policies, OUT)).toBe("denied");
  });

  it("a pod reaches itself, but the way round through a Service is judged", () => {
    const closed = web({ policyTypes: ["Ingress", "Egress"] });
    const text = "shop/web > shop/web 8080/TCP";
    expect(judged([closed], text)).toBe("allowed");
    expect(judged([closed], text, { dialledAddress: "10.96.0.10" })).toBe("denied");
  });
});

describe("nodes", () => {
  const closed = web({ policyTypes: ["Ingress", "Egress"] });

  it.each([
    ["the pod's own node", "node:n1 > shop/web 8080/TCP", "allowed"],
    ["another node", "node:n2 > shop/web 8080/TCP", "denied"],
    ["a pod on its own node's network", "data/agent > shop/web 8080/TCP", "allowed"],
    ["out to another node", "shop/web > node:n2 22/TCP", "denied"],
    ["out to the own node", "shop/web > node:n1 10250/TCP", "undetermined: own-node"],
  ])("%s", (_title, text, verdict) => {
    expect(judged([closed], text)).toBe(verdict);
  });

  it("a pod on its node's network is selected neither as a subject nor as a peer", () => {
    const agents = { podSelector: { matchLabels: { app: "agent" } } };
    const subject = networkPolicy("data", "agent", { ...agents, policyTypes: ["Ingress", "Egress"] });
    expect(judged([subject], "data/agent > shop/cart 80/TCP")).toBe("allowed");
    expect(judged([subject], "shop/cart > data/agent 80/TCP")).toBe("allowed");
    const peer = cart({ ingress: [{ from: [{ namespaceSelector: {}, ...agents }] }] });
    expect(judged([peer], "data/agent > shop/cart 80/TCP")).toBe("denied");
  });
});

describe("what a verdict says", () => {
  it("names policy, rule and peer", () => {
    const policy = web({
      ingress: [{ ports: [{ port: 1 }] }, { from: [{ podSelector: CART }, { namespaceSelector: {} }] }],
    });
    expect(compile(shop(policy)).judge(connection(IN))).toEqual({
      verdict: "allowed",
      doubt: undefined,
      egress: { verdict: "allowed", by: { kind: "no-policy" }, doubt: undefined },
      ingress: {
        verdict: "allowed",
        doubt: undefined,
        by: {
          kind: "rule",
          tier: "networkPolicy",
          policy: { kind: "NetworkPolicy", namespace: "shop", name: "web" },
          action: "allow",
          rule: 1,
          ruleName: undefined,
          peer: 1,
        },
      },
    });
  });

  it("names the policies that isolate, where none of their rules matched", () => {
    const other = networkPolicy("shop", "all", { podSelector: {} });
    expect(compile(shop(web({}), other)).judge(connection(IN)).ingress).toEqual({
      verdict: "denied",
      doubt: undefined,
      by: {
        kind: "default-deny",
        tier: "networkPolicy",
        policies: [
          { kind: "NetworkPolicy", namespace: "shop", name: "all" },
          { kind: "NetworkPolicy", namespace: "shop", name: "web" },
        ],
      },
    });
  });

  it("does not guess about pods that are not known", () => {
    expect(judged([], "shop/gone > shop/web 80/TCP")).toBe("undetermined: pod-unknown");
  });
});
