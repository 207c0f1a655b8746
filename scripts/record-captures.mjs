// Makes test/captures/shop anew: captures of both nodes of a running lab with what the agents knew of their nodes, what
// rules logged there, and the cluster's objects. As root, after a build: node scripts/record-captures.mjs [seconds]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { root } from "./setup.mjs";

const seconds = Number(process.argv[2] ?? 60);
const name = `record${process.pid}`;
const target = join(root, "test/captures/shop");
const scratch = mkdtempSync(join(tmpdir(), "hopline-record-"));
const LISTS = [
  ...["/api/v1/nodes", "/api/v1/namespaces", "/api/v1/pods", "/api/v1/services"],
  ...[
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/replicasets",
    "/apis/apps/v1/statefulsets",
    "/apis/batch/v1/jobs",
  ],
  ...["/apis/discovery.k8s.io/v1/endpointslices", "/apis/networking.k8s.io/v1/networkpolicies"],
];

const lab = spawn(
  process.execPath,
  [
    join(root, "apps/lab/dist/main.js"),
    "up",
    "--name",
    name,
    "--restart-every",
    "0",
    "--run-dir",
    join(scratch, "lab"),
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  const [line] = await once(createInterface({ input: lab.stdout }), "line");
  const { nodes, kubeconfig } = JSON.parse(line);
  const startedAtMs = Date.now();
  const agents = nodes.map((node) =>
    spawn(
      "ip",
      [
        ...[
          "netns",
          "exec",
          node.netns,
          process.execPath,
          join(root, "apps/agent/dist/main.js"),
          "--node",
          node.name,
        ],
        ...[
          "--collector",
          `unix:${scratch}/none.sock`,
          "--data-dir",
          join(scratch, node.name),
          "--roles",
          "pod,bridge,tunnel,uplink",
          "--record",
          scratch,
        ],
      ],
      { stdio: ["ignore", "ignore", "ignore"] },
    ),
  );
  await sleep(seconds * 1000);
  const server = /server: (\S+)/.exec(readFileSync(kubeconfig, "utf8"))[1];
  const items = [];
  for (const path of LISTS) items.push(...(await itemsOf(`${server}${path}`)));
  for (const agent of agents) agent.kill("SIGTERM");
  await Promise.all(agents.map((agent) => once(agent, "exit")));

  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  writeFileSync(
    join(target, "recording.json"),
    `${JSON.stringify({ startedAtMs, nodes: nodes.map((node) => node.name) })}\n`,
  );
  writeFileSync(join(target, "cluster.yaml"), stringify({ apiVersion: "v1", kind: "List", items }));
  for (const node of nodes) {
    writeFileSync(
      join(target, `${node.name}.pcapng.gz`),
      gzipSync(readFileSync(join(scratch, `${node.name}.pcapng`)), { level: 9 }),
    );
    const companions = ["description.json", "conntrack.jsonl", "nflog.pcapng"];
    for (const file of companions.map((ending) => `${node.name}.${ending}`)) {
      writeFileSync(join(target, file), readFileSync(join(scratch, file)));
    }
  }
} finally {
  lab.kill("SIGTERM");
  await once(lab, "exit");
  rmSync(scratch, { recursive: true, force: true });
}

/** Objects of a list, with the kind that a list leaves out of its items. */
async function itemsOf(url) {
  const list = await (await fetch(url)).json();
  const kind = list.kind.replace(/List$/, "");
  return list.items.map((item) => ({ apiVersion: list.apiVersion, kind, ...item }));
}
