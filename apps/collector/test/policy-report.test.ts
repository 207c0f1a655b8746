import {
  adviseAnswerSchema,
  auditLogAnswerSchema,
  entityId,
  PATHS,
  policyAnswerSchema,
  policyManifestSchema,
  problemSchema,
  whatIfAnswerSchema,
} from "@hopline/api";
import type { KubeObject } from "@hopline/kube";
import { readProposal } from "@hopline/policy";
import { beforeAll, describe, expect, it } from "vitest";
import { runCollector } from "./running-collector.js";
import { SHOP } from "./shop-cluster.js";
import { shopBatches } from "./shop-traffic.js";

const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 60;
const RANGE = `from=${(WINDOW - 300) * 1000}&to=${(WINDOW + 60) * 1000}`;

function policy(name: string, spec: object): KubeObject {
  const metadata = {
    namespace: "shop",
    name,
    uid: `policy-${name}`,
    creationTimestamp: "2026-11-20T00:00:00Z",
  };
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
}

const LABELLED = SHOP.map((object) =>
  object.kind === "Pod"
    ? { ...object, metadata: { ...object.metadata, labels: { app: object.metadata.name } } }
    : object,
);
const TO_API = { podSelector: { matchLabels: { app: "api" } } };
const POLICIES = [
  policy("api", {
    ...TO_API,
    ingress: [
      { from: [{ podSelector: { matchLabels: { app: "web" } } }], ports: [{ port: 8080 }] },
      { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 9999 }] },
    ],
  }),
  policy("broken", { ...TO_API, ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/33" } }] }] }),
];

const collector = await runCollector([], [...LABELLED, ...POLICIES]);

async function whatIf(body: object): Promise<Response> {
  return fetch(collector.url + PATHS.policyWhatIf, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ from: (WINDOW - 300) * 1000, to: (WINDOW + 60) * 1000, ...body }),
  });
}

beforeAll(async () => {
  for (const batch of shopBatches(WINDOW)) expect((await collector.send(batch)).status).toBe(200);
});

describe("the policy report", () => {
  it("counts what policies decided, names rules without traffic, open workloads and invalid policies", async () => {
    const answer = await collector.ask(policyAnswerSchema, `${PATHS.policy}?${RANGE}`);
    expect(answer.missing).toBeNull();
    expect(answer.problems).toMatchObject([
      {
        object: expect.stringMatching(/:\d+: NetworkPolicy shop\/broken$/),
        field: "spec.ingress[0].from[0].ipBlock.cidr",
      },
    ]);
    expect(answer.policies).toHaveLength(1);
    const [api] = answer.policies;
    expect(api).toMatchObject({
      kind: "NetworkPolicy",
      namespace: "shop",
      name: "api",
      present: true,
      pods: 1,
    });
    expect(api?.version).toMatch(/^[0-9a-f]{8}$/);
    expect(api?.directions).toEqual(["ingress"]);
    expect(api?.rules.map(({ text, connections }) => [text, connections])).toEqual([
      ["pods app=web : TCP 8080", 0],
      ["0.0.0.0/0 : TCP 9999", 0],
    ]);
    // Both ways to api are denied, and delivered all the same.
    expect(api?.counts).toMatchObject({ connections: 2, unenforced: 2 });
    expect(answer.totals).toMatchObject({ connections: 5, unenforced: 2, allowed: 3 });
    expect(answer.latest.map(({ id }) => id).sort()).toEqual(["0000000000000022", "0000000000000033"]);
    expect(answer.series.points.reduce((sum, { unenforced }) => sum + unenforced, 0)).toBe(2);
    expect(answer.uncovered.map(({ workload, ingress, egress }) => [workload.name, ingress, egress])).toEqual(
      [
        ["client", false, false],
        ["web", false, false],
        ["api", true, false],
      ],
    );
  });

  it("gives a policy as a manifest that can be tried again", async () => {
    const asked = `${PATHS.policyManifest}?kind=NetworkPolicy&namespace=shop&name=api`;
    const { yaml } = await collector.ask(policyManifestSchema, asked);
    const { policies, problems } = readProposal([{ path: "", text: yaml }]);
    expect(problems).toEqual([]);
    expect(policies).toMatchObject([{ namespace: "shop", name: "api" }]);
    const missing = await collector.get(`${PATHS.policyManifest}?kind=NetworkPolicy&namespace=shop&name=no`);
    expect(missing.status).toBe(404);
    expect(problemSchema.parse(await missing.json()).title).toBe("There is no NetworkPolicy shop/no.");
  });
});

describe("what-if", () => {
  it("tells what would be newly denied and newly allowed, and writes down who asked", async () => {
    const yaml = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: wrong, namespace: shop }
spec: { podSelektor: {} }
`;
    const remove = [{ kind: "NetworkPolicy", namespace: "shop", name: "api" }];
    const answer = whatIfAnswerSchema.parse(await (await whatIf({ yaml, remove })).json());
    expect(answer.policies.map(({ name, change, pods }) => [name, change, pods])).toEqual([
      ["web", "added", 1],
      ["api", "removed", 1],
    ]);
    expect(answer.problems).toMatchObject([
      {
        object: "NetworkPolicy shop/wrong",
        field: "spec.podSelektor",
        line: 9,
        message: "is no field of this kind",
      },
    ]);
    expect(answer.traffic).toMatchObject({ connections: 5, leftOutRows: 0 });
    expect(answer.connections).toMatchObject({ newlyDenied: 1, newlyAllowed: 2 });
    const [denied] = answer.groups;
    expect(denied).toMatchObject({ change: "newly-denied", protocol: "tcp", port: 80, connections: 1 });
    expect([denied?.client, denied?.server].map((end) => end && entityId(end))).toEqual([
      "workload:shop/Pod/client",
      "workload:shop/Pod/web",
    ]);
    expect(denied?.after.record?.ingress).toMatchObject({
      verdict: "denied",
      by: "default-deny",
      policies: [{ namespace: "shop", name: "web", version: "" }],
    });
    const log = await collector.ask(auditLogAnswerSchema, PATHS.auditLog);
    expect(log.entries.find(({ action }) => action === "what-if")).toMatchObject({
      query: expect.stringContaining("added NetworkPolicy shop/web&removed NetworkPolicy shop/api"),
    });
  });

  it("refuses what is no request in one sentence", async () => {
    const refused = await whatIf({ remove: "everything" });
    expect(refused.status).toBe(400);
    expect(problemSchema.parse(await refused.json()).code).toBe("QUERY_INVALID");
  });
});

describe("advice", () => {
  it("allows what was seen and is not denied, and says what it leaves out", async () => {
    const answer = await collector.ask(adviseAnswerSchema, `${PATHS.policyAdvise}?namespace=shop&${RANGE}`);
    expect(answer.check).toMatchObject({ newlyDenied: 0, stillDenied: 0 });
    expect(answer.policies.map(({ name }) => name)).toEqual(["hopline-client", "hopline-web"]);
    expect(answer.leftOut.map(({ port, reason }) => [port, reason])).toEqual([
      [8080, "present policies deny it"],
      [8080, "present policies deny it"],
    ]);
    expect(answer.yaml).toContain("cidr: 198.51.100.9/32");
    const tried = whatIfAnswerSchema.parse(await (await whatIf({ yaml: answer.yaml })).json());
    expect(tried.connections.newlyDenied).toBe(0);
  });

  it("is refused for a namespace without pods", async () => {
    const refused = await collector.get(`${PATHS.policyAdvise}?namespace=none`);
    expect(refused.status).toBe(404);
    expect(problemSchema.parse(await refused.json()).title).toBe('The namespace "none" has no pods.');
    const nobody = await fetch(
      `${collector.url}${PATHS.policyAdvise}?${RANGE}&namespace=shop&workload=workload:shop/Deployment/none`,
    );
    expect(problemSchema.parse(await nobody.json()).title).toBe(
      'The namespace "shop" has no pods of a Deployment "none".',
    );
  });
});
