import { describe, expect, it } from "vitest";
import { readProposal } from "../src/read-proposal.js";
import { trafficPeerText } from "../src/traffic.js";
import { triedPolicies } from "../src/tried-policies.js";
import { whatIf } from "../src/what-if.js";
import { networkPolicy } from "./policy-objects.js";
import { pod, shop } from "./shop-cluster.js";
import { traffic } from "./shop-traffic.js";

const ONLY_CART = networkPolicy("data", "db", {
  podSelector: { matchLabels: { app: "db" } },
  ingress: [
    {
      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "cart" } } }],
      ports: [{ protocol: "TCP", port: "sql" }],
    },
  ],
});

function told(answer: ReturnType<typeof whatIf>): string[] {
  return answer.groups.map(
    ({ change, source, destination, port, connections, before, after }) =>
      `${change}: ${trafficPeerText(source)} > ${trafficPeerText(destination)} ${port} x${connections} ${before.verdict} > ${after.verdict}`,
  );
}

describe("what-if", () => {
  it("tells what is newly denied and what stays, by workload and port", () => {
    const state = shop();
    const rows = [
      traffic(state, "shop/cart > data/db 5432"),
      traffic(state, "shop/web > data/db 5432", { connections: 3 }),
      traffic(state, "shop/web > data/db 5432", { connections: 4, dialledAddress: "10.96.0.7" }),
      traffic(state, "shop/cart > data/db 80"),
      traffic(state, "shop/cart > shop/web 8080", { connections: 70 }),
    ];
    const answer = whatIf(state, { put: [ONLY_CART], remove: [] }, rows);
    expect(told(answer)).toEqual([
      "newly-denied: shop/cart[Pod] > data/db[Pod] 80 x10 allowed > denied",
      "newly-denied: shop/web[Pod] > data/db[Pod] 5432 x7 allowed > denied",
      "still-allowed: shop/cart[Pod] > shop/web[Pod] 8080 x70 allowed > allowed",
      "still-allowed: shop/cart[Pod] > data/db[Pod] 5432 x10 allowed > allowed",
    ]);
    expect(answer.connections).toEqual({
      "newly-denied": 17,
      "newly-allowed": 0,
      undetermined: 0,
      "still-allowed": 80,
      "still-denied": 0,
    });
    expect(answer.groups[0]?.after.of?.ingress.by).toEqual({
      kind: "default-deny",
      tier: "networkPolicy",
      policies: [{ kind: "NetworkPolicy", namespace: "data", name: "db" }],
    });
  });

  it("tells what is newly allowed when a policy is replaced or removed", () => {
    const state = shop(networkPolicy("data", "db", { podSelector: {} }));
    const rows = [traffic(state, "shop/cart > data/db 5432"), traffic(state, "shop/web > data/db 5432")];
    expect(told(whatIf(state, { put: [ONLY_CART], remove: [] }, rows))).toEqual([
      "newly-allowed: shop/cart[Pod] > data/db[Pod] 5432 x10 denied > allowed",
      "still-denied: shop/web[Pod] > data/db[Pod] 5432 x10 denied > denied",
    ]);
    const removed = { put: [], remove: [{ kind: "NetworkPolicy", namespace: "data", name: "db" } as const] };
    expect(whatIf(state, removed, rows).connections["newly-allowed"]).toBe(20);
  });

  it("lets the pods of today stand for those of the same workload that are gone", () => {
    const state = shop();
    const workload = { kind: "Deployment", name: "web" };
    const replicas = ["web-1", "web-2"].map((name) =>
      pod(`shop/${name}`, { workload, labels: { app: "web", side: name === "web-1" ? "left" : "right" } }),
    );
    const now = { ...state, pods: [...state.pods.filter(({ name }) => name !== "web"), ...replicas] };
    const row = traffic(now, "shop/web > data/db 5432");
    expect(told(whatIf(now, { put: [ONLY_CART], remove: [] }, [row]))).toEqual([
      "newly-denied: shop/web[Deployment] > data/db[Pod] 5432 x10 allowed > denied",
    ]);
    const onlyLeft = networkPolicy("data", "db", {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { side: "left" } } }] }],
    });
    const divided = whatIf(now, { put: [onlyLeft], remove: [] }, [row]);
    expect(divided.groups[0]?.after).toMatchObject({ verdict: "undetermined", doubt: "replicas-differ" });
    const gone = { ...now, pods: state.pods.filter(({ name }) => name === "db") };
    const unknown = whatIf(gone, { put: [ONLY_CART], remove: [] }, [row]);
    expect(unknown.groups[0]?.after).toMatchObject({ verdict: "undetermined", doubt: "gone" });
  });

  it("says what it does to which policy, and how many pods that selects", () => {
    const state = shop(ONLY_CART);
    const other = networkPolicy("shop", "all", { podSelector: {} });
    const wider = networkPolicy("data", "db", { podSelector: {} });
    const name = { kind: "NetworkPolicy", namespace: "shop", name: "none" } as const;
    expect(triedPolicies(state, { put: [ONLY_CART, other], remove: [name] })).toEqual([
      { kind: "NetworkPolicy", namespace: "data", name: "db", change: "unchanged", pods: 1 },
      { kind: "NetworkPolicy", namespace: "shop", name: "all", change: "added", pods: 2 },
      { ...name, change: "absent", pods: 0 },
    ]);
    // The pod on its node's network is not selected.
    expect(triedPolicies(state, { put: [wider], remove: [] })).toMatchObject([
      { change: "replaced", pods: 2 },
    ]);
  });
});

describe("a text that is to be tried", () => {
  it("names bad input by line and field, and takes the rest", () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: good, namespace: shop }
spec: { podSelector: {} }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: bad, namespace: shop }
spec:
  podSelector: {}
  ingress:
    - from:
        - ipBlock:
            cidr: 10.0.0.0/33
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
`;
    const { policies, problems, passedOver } = readProposal([{ path: "pasted", text }]);
    expect(policies.map(({ name }) => name)).toEqual(["good"]);
    expect(problems).toEqual([
      {
        file: "pasted",
        line: 14,
        field: "spec.ingress[0].from[0].ipBlock.cidr",
        object: "NetworkPolicy shop/bad",
        message: "is no network in CIDR notation",
      },
    ]);
    expect(passedOver).toEqual(["Deployment shop/web"]);
  });

  it("says so where there is nothing to try", () => {
    expect(readProposal([{ path: "pasted", text: "hello" }]).problems).toEqual([
      { file: "pasted", line: 1, field: "", object: "", message: "holds no Kubernetes object" },
    ]);
  });
});
