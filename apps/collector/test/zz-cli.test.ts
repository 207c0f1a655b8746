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

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
it("cli", async () => {
  const run = (...args: string[]) => new Promise<string>((resolve) => execFile(process.execPath, ["/work/main/apps/cli/bin/hopline.mjs", "policy", ...args], { env: { ...process.env, HOPLINE_API: collector.url } }, (error, stdout, stderr) => resolve(`$ policy ${args.join(" ")} -> ${error?.code ?? 0}\n${stdout}--\n${stderr}`)));
  writeFileSync("/tmp/s/f/try.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web, namespace: shop }\nspec: { podSelector: { matchLabels: { app: web } } }\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: wrong, namespace: shop }\nspec: { podSelektor: {} }\n");
  const out = [
    await run("status"), await run("what-if", "-f", "/tmp/s/f/try.yaml", "--remove", "shop/api"), await run("what-if", "-f", "/nope"), await run("what-if"),
    await run("what-if", "-f", "/tmp/s/f/try.yaml", "--since", "soon"), await run("advise", "-n", "shop"), await run("advise", "-n", "none"), await run("advise", "-n", "shop", "--workload", "web[Pod]", "-o", "json"), await run("advise"),
  ].join("\n==========\n");
  writeFileSync("/tmp/s/f/cli.txt", out);
}, 300000);
