import { expect, it } from "vitest";
import { ruleText } from "../src/rule-text.js";
import { networkPolicy } from "./policy-objects.js";

it("puts rules into words", () => {
  const policy = networkPolicy("shop", "web", {
    podSelector: {},
    ingress: [
      {},
      {
        from: [{ podSelector: { matchLabels: { app: "cart" } } }],
        ports: [{ port: 8080 }, { port: "admin" }],
      },
      {
        from: [
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "data" } } },
          { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: "tier", operator: "Exists" }] } },
          { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
        ],
        ports: [{ protocol: "UDP", port: 53, endPort: 60 }, { protocol: "SCTP" }],
      },
    ],
  });
  expect(policy.ingress?.map(ruleText)).toEqual([
    "anyone",
    "pods app=cart : TCP 8080, TCP admin",
    "all pods in namespace data, pods with tier in all namespaces, 10.0.0.0/8 without 10.1.0.0/16 : UDP 53-60, SCTP any port",
  ]);
});
