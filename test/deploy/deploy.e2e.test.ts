import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Status, statusSchema } from "@hopline/api";
import { BACKEND_RESOURCES, ENDPOINT_RESOURCES, POLICY_RESOURCES } from "@hopline/kube";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectorRules, renderBase, root, type Workload, workload } from "./manifests.js";

const can = process.getuid?.() === 0 && has("kubectl") && has("openssl");
const NODE_ADDRESS = "192.0.2.1";
const FIELDS = { "spec.nodeName": "node1" };

function has(command: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!can)("deploy/base (needs root, kubectl and openssl)", () => {
  const manifests = can ? renderBase() : [];

  test("the collector may list and watch what it reads, and no more", () => {
    const wanted = [...ENDPOINT_RESOURCES, ...POLICY_RESOURCES, ...BACKEND_RESOURCES]
      .map(({ apiVersion, name }) => `${groupOf(apiVersion)}/${name}: list,watch`)
      .sort();
    expect(collectorRules(manifests)).toEqual(wanted);
  });

  test("the agent has the node's network and two capabilities", () => {
    const agent = workload(manifests, "agent", FIELDS);
    expect(agent).toMatchObject({
      kind: "DaemonSet",
      hostNetwork: true,
      capabilities: ["NET_RAW", "NET_ADMIN"],
    });
  });

  test("no Secret is in the base", () => {
    expect(manifests.filter(({ kind }) => kind === "Secret")).toEqual([]);
  });

  describe("each app, started with exactly the arguments, environment and capabilities of its manifest", () => {
    const netns = `hldeploy${process.pid}`;
    const folder = mkdtempSync(join(tmpdir(), "hopline-deploy-"));
    const children: ChildProcess[] = [];
    const output: string[] = [];

    beforeAll(async () => {
      makeNetwork(netns);
      makeFiles(folder);
      const api = start(["node", "test/deploy/kube-api-process.mjs"], {
        CERT: `${folder}/ca.crt`,
        KEY: `${folder}/ca.key`,
        NODE_ADDRESS,
      });
      await new Promise((resolve) => api.stdout?.once("data", resolve));
      // The kubelet's own variables, which no manifest holds.
      const kubelet = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "6443" };
      startPod(workload(manifests, "collector", FIELDS), kubelet);
      startPod(workload(manifests, "agent", FIELDS), kubelet);
      startPod(workload(manifests, "web", FIELDS), kubelet);
    });

    afterAll(async () => {
      for (const child of children) child.kill("SIGTERM");
      await Promise.all(
        children.map((child) =>
          child.exitCode === null ? new Promise((resolve) => child.once("exit", resolve)) : undefined,
        ),
      );
      execFileSync("ip", ["netns", "del", netns]);
      rmSync(folder, { recursive: true, force: true });
    });

    test("the web app shows, through the collector, the agent of the node as live and the cluster as watched", async () => {
      const status = await untilWell();
      expect(status.agents).toMatchObject([{ node: "node1", state: "live" }]);
      expect(new Set(status.watches.map((watch) => watch.state))).toEqual(new Set(["watching", "absent"]));
      expect(status.ingest.batches).toBeGreaterThan(0);
    });

    function start(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
      const child = spawn("ip", ["netns", "exec", netns, ...command], {
        cwd: root,
        env: { PATH: process.env.PATH, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stderr.on("data", (chunk) => output.push(String(chunk)));
      children.push(child);
      return child;
    }

    function startPod(pod: Workload, env: Readonly<Record<string, string>>): void {
      const capabilities = ["-all", ...pod.capabilities.map((name) => `+${name.toLowerCase()}`)].join(",");
      const confined = [
        "setpriv",
        `--bounding-set=${capabilities}`,
        `--inh-caps=${capabilities}`,
        ...pod.command,
      ];
      start(["unshare", "--mount", "test/deploy/pod-sandbox.sh", folder, ...confined], {
        ...env,
        ...pod.env,
      });
    }

    /** Asked from inside, by the web app's own address, as a browser would. */
    async function untilWell(): Promise<Status> {
      const script = 'fetch("http://127.0.0.1:4400/api/v1/status").then((r) => r.text()).then(console.log)';
      let last = "";
      for (let attempt = 0; attempt < 120; attempt++) {
        try {
          last = execFileSync("ip", ["netns", "exec", netns, "node", "-e", script], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
          });
          const status = statusSchema.safeParse(JSON.parse(last));
          const isWell =
            status.data?.agents[0]?.state === "live" &&
            status.data.watches.every(({ state }) => state === "watching" || state === "absent");
          if (status.success && isWell) return status.data;
        } catch {
          // Not up yet.
        }
        await sleep(500);
      }
      throw new Error(`the status did not become well: ${last}\n${output.join("")}`);
    }
  });
});

/** `apps/v1` is of group `apps`, `v1` of the core group, whose name is empty. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

function makeNetwork(netns: string): void {
  const ip = (...args: string[]): void => void execFileSync("ip", args);
  ip("netns", "add", netns);
  ip("-n", netns, "link", "set", "lo", "up");
  ip("-n", netns, "link", "add", "eth0", "type", "veth", "peer", "name", "underlay");
  ip("-n", netns, "addr", "add", `${NODE_ADDRESS}/24`, "dev", "eth0");
  ip("-n", netns, "link", "set", "eth0", "up");
  ip("-n", netns, "link", "set", "underlay", "up");
}

/** What Secret, service account, volumes and cluster DNS would give. */
function makeFiles(folder: string): void {
  const account = join(folder, "run/secrets/kubernetes.io/serviceaccount");
  for (const path of [account, join(folder, "run/secrets/hopline"), join(folder, "var-lib")])
    mkdirSync(path, { recursive: true });
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=kubernetes"],
      ...[
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        join(folder, "ca.key"),
        "-out",
        join(folder, "ca.crt"),
      ],
    ],
    { stdio: "ignore" },
  );
  execFileSync("cp", [join(folder, "ca.crt"), join(account, "ca.crt")]);
  writeFileSync(join(account, "token"), "service-account-token");
  writeFileSync(join(account, "namespace"), "hopline");
  writeFileSync(join(folder, "run/secrets/hopline/token"), "a-token-for-agents");
  writeFileSync(join(folder, "hosts"), "127.0.0.1 localhost\n127.0.0.1 hopline-collector\n");
}
