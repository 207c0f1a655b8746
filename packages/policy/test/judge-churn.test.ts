import { describe, expect, it } from "vitest";
import { compile } from "../src/judge.js";
import type { Policy } from "../src/policy.js";
import { networkPolicy } from "./policy-objects.js";
import { connection, pod, shop } from "./shop-cluster.js";

const fromCart = networkPolicy("shop", "web", {
  podSelector: { matchLabels: { app: "web" } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: "cart" } } }] }],
});

describe("Judge, as its cluster changes", () => {
  it("stays right through more rollouts than it remembers", () => {
    // Labels make classes of pods only where a selector asks for them.
    const asking = networkPolicy("data", "asking", {
      podSelector: { matchExpressions: [{ key: "pod-template-hash", operator: "Exists" }] },
    });
    const judge = compile(shop(fromCart, asking));
    for (let rollout = 0; rollout < 3000; rollout++) {
      const app = rollout % 2 === 0 ? "cart" : "other";
      const labels = { app, "pod-template-hash": `h${rollout}` };
      judge.putPod(pod("shop/cart", { labels, addresses: ["10.0.2.20"] }));
      const { verdict } = judge.judge(connection("shop/cart > shop/web 80/TCP"));
      expect(verdict).toBe(app === "cart" ? "allowed" : "denied");
    }
  });

  it("stays right through more addresses than it remembers", () => {
    const policy = networkPolicy("shop", "web", {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "20.0.0.0/8", except: ["20.7.0.0/16"] } }] }],
    });
    const judge = compile(shop(policy));
    for (let index = 0; index < 210_000; index++) {
      const address = `20.${index % 11}.${(index >> 8) & 255}.${index & 255}`;
      const { verdict } = judge.judge(connection(`shop/web > ${address} 443/TCP`));
      if ((verdict === "allowed") === (index % 11 === 7)) expect.fail(`${address}: ${verdict}`);
    }
  });

  it("a network that a new policy names splits what was alike before", () => {
    const judge = compile(shop());
    const out = (address: string) => judge.judge(connection(`shop/web > ${address} 443/TCP`)).verdict;
    const egress = (cidr: string) =>
      networkPolicy("shop", "out", {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock: { cidr } }] }],
      });
    expect([out("30.0.0.1"), out("30.0.1.1")]).toEqual(["allowed", "allowed"]);
    judge.putPolicy(egress("30.0.0.0/24"));
    expect([out("30.0.0.1"), out("30.0.1.1")]).toEqual(["allowed", "denied"]);
    judge.putPolicy(egress("30.0.1.0/24"));
    expect([out("30.0.0.1"), out("30.0.1.1")]).toEqual(["denied", "allowed"]);
  });

  it("says the same, rule for rule, as one that knew all policies from the start", () => {
    const grown = compile(shop());
    const policies: Policy[] = [];
    const asked = [
      ...["shop/web > data/db 5432/TCP", "shop/cart > shop/web 8080/TCP", "node:n2 > shop/web 80/TCP"],
      ...[
        "203.0.113.7 > shop/web 9090/TCP",
        "shop/cart > 203.0.113.7 443/TCP",
        "data/unborn > shop/web 80/TCP",
      ],
    ].map((text) => connection(text));
    // An element that no policy named before for each of them; some can't be decided for addresses that are not known.
    for (let index = 0; index < 90; index++) {
      const peer =
        index % 3 === 0
          ? { ipBlock: { cidr: `203.0.113.${index % 16}/28` } }
          : {
              namespaceSelector: {},
              podSelector: { matchLabels: { app: ["cart", "web", `no${index}`][index % 3] } },
            };
      const policy = networkPolicy("shop", `p${index % 40}`, {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [peer], ports: [{ port: 80 + index }] }],
        egress: [{ to: [{ ipBlock: { cidr: `10.0.${index}.0/24` } }, peer], ports: [{ port: "sql" }] }],
      });
      policies.splice(
        0,
        Number.POSITIVE_INFINITY,
        ...policies.filter(({ name }) => name !== policy.name),
        policy,
      );
      grown.putPolicy(policy);
      const afresh = compile(shop(...policies));
      for (const each of asked) expect(grown.judge(each)).toEqual(afresh.judge(each));
    }
  });

  it("pods, nodes and namespaces that go are gone", () => {
    const judge = compile(shop(fromCart));
    const words = () => {
      const { verdict, doubt } = judge.judge(connection("shop/cart > shop/web 80/TCP"));
      return doubt ?? verdict;
    };
    judge.removePod({ namespace: "shop", name: "cart" });
    expect(words()).toBe("pod-unknown");
    judge.putPod(pod("shop/cart"));
    expect(words()).toBe("allowed");
    judge.putPolicy(
      networkPolicy("shop", "web", {
        podSelector: {},
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "store" } } }] }],
      }),
    );
    expect(words()).toBe("allowed");
    judge.removeNamespace("shop");
    expect(words()).toBe("denied");
    judge.removePolicy({ kind: "NetworkPolicy", namespace: "shop", name: "web" });
    expect(words()).toBe("allowed");
  });
});
