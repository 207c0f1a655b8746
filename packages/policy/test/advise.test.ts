import { describe, expect, it } from "vitest";
import { advise } from "../src/advise.js";
import type { ClusterState } from "../src/cluster.js";
import { networkPolicy } from "./policy-objects.js";
import { pod, shop } from "./shop-cluster.js";
import { traffic } from "./shop-traffic.js";

const DNS = pod("kube-system/coredns-7db6d8ff4d-x2x4v", {
  labels: { "k8s-app": "kube-dns", "pod-template-hash": "7db6d8ff4d" },
  node: "n2",
  addresses: ["10.0.2.53"],
  namedPorts: [
    { name: "dns", protocol: 17, port: 53 },
    { name: "dns-tcp", protocol: 6, port: 53 },
  ],
  workload: { kind: "Deployment", name: "coredns" },
});

/** The shop with DNS, and two replicas of a web server in the place of its one. */
function cluster(...policies: Parameters<typeof shop>): ClusterState {
  const state = shop(...policies);
  const workload = { kind: "Deployment", name: "web" };
  const replicas = state.pods
    .filter(({ name }) => name === "web")
    .flatMap((web) =>
      ["a", "b"].map((suffix) => ({
        ...web,
        name: `web-5d9-${suffix}`,
        labels: { app: "web", tier: "front", "pod-template-hash": "5d9" },
        addresses: [`10.0.1.1${suffix === "a" ? 1 : 2}`],
        workload,
      })),
    );
  return { ...state, pods: [...state.pods.filter(({ name }) => name !== "web"), ...replicas, DNS] };
}

const WEB = { kind: "Deployment", name: "web" };

describe("advice", () => {
  it("is the least that allows what was seen, with DNS, named ports and stable labels", () => {
    const state = cluster();
    const rows = [
      traffic(state, "shop/cart > shop/web-5d9-a 8080"),
      traffic(state, "203.0.113.9 > shop/web-5d9-b 8080", { connections: 5 }),
      traffic(state, "data/agent > shop/web-5d9-b 9090", { connections: 2 }),
      traffic(state, "node:n2 > shop/web-5d9-b 9090", { connections: 1 }),
      traffic(state, "shop/web-5d9-a > data/db 5432"),
      traffic(state, "shop/web-5d9-a > data/db 9999", { connections: 4, failed: 4 }),
      traffic(state, "shop/web-5d9-b > kube-system/coredns-7db6d8ff4d-x2x4v 53/UDP"),
      traffic(state, "shop/web-5d9-b > 1.1.1.1 0/1", { connections: 2 }),
    ];
    const advice = advise(state, rows, { namespace: "shop", workload: WEB });
    expect(advice.yaml).toBe(`# NetworkPolicies for the namespace shop, made from traffic that was seen.
# Not allowed, though it was seen:
#   shop/web[Deployment] => data/db[Pod] : TCP 9999, 4 connections: none of it came to anything
#   shop/web[Deployment] => 1.1.1.1 : protocol 1 0, 2 connections: NetworkPolicy knows TCP, UDP and SCTP only
---
# web[Deployment]: made from 36 connections.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: hopline-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        # shop/cart[Pod]
        - podSelector:
            matchLabels:
              app: cart
        - ipBlock:
            cidr: 203.0.113.9/32
      ports:
        - protocol: TCP
          port: http
    - from:
        # node n2
        - ipBlock:
            cidr: 192.168.0.2/32
      ports:
        - protocol: TCP
          port: metrics
  egress:
    # DNS
    - to:
        # kube-system/coredns[Deployment]
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: TCP
          port: dns-tcp
        - protocol: UDP
          port: dns
    - to:
        # data/db[Pod]
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: data
          podSelector:
            matchLabels:
              app: db
      ports:
        - protocol: TCP
          port: sql
`);
    expect(advice.madeFrom).toBe(38);
    expect(advice.check.connections).toMatchObject({ "newly-denied": 0, "still-allowed": 38 });
  });

  it("leaves out what present policies deny, and says what stands beside it", () => {
    const state = cluster(
      networkPolicy("shop", "hopline-web", { podSelector: { matchLabels: { app: "web" } } }),
      networkPolicy("shop", "open", {
        podSelector: {},
        ingress: [{ ports: [{ port: 8080 }] }],
      }),
    );
    const rows = [
      traffic(state, "shop/cart > shop/web-5d9-a 8080"),
      traffic(state, "shop/cart > shop/web-5d9-a 9090", { connections: 3 }),
    ];
    const { yaml, leftOut } = advise(state, rows, { namespace: "shop", workload: WEB });
    expect(leftOut).toMatchObject([{ port: 9090, connections: 3, reason: "present policies deny it" }]);
    expect(yaml).toContain("# It takes the place of the NetworkPolicy of the same name.\n");
    expect(yaml).toContain(
      "# open selects these pods too, and what one policy allows no other takes back.\n",
    );
    expect(yaml).toContain("# It was not seen to connect to anything, so it may not.\n");
  });

  it("gives no policy to what no stable label selects by itself, and says why", () => {
    const job = (name: string, labels: Record<string, string>) =>
      pod(`jobs/${name}`, { labels, addresses: ["10.0.9.1"], workload: { kind: "Job", name } });
    const base = shop();
    const state = {
      ...base,
      pods: [
        ...base.pods,
        job("one", { "job-name": "one", "batch.kubernetes.io/controller-uid": "1" }),
        job("two", { app: "twin" }),
        job("three", { app: "twin" }),
      ],
    };
    const rows = [traffic(state, "jobs/one > data/db 5432"), traffic(state, "jobs/two > data/db 5432")];
    const { yaml, policies, unadvised } = advise(state, rows, { namespace: "jobs" });
    expect(policies).toEqual([]);
    expect(unadvised.map(({ workload, reason }) => `${workload.name}: ${reason}`)).toEqual([
      "one: its pods share no stable label to select them by",
      "three: its stable labels select two[Job] as well; give it a label of its own",
      "two: its stable labels select three[Job] as well; give it a label of its own",
    ]);
    expect(yaml).toContain("# No policy for one[Job]: its pods share no stable label to select them by.\n");
  });
});
