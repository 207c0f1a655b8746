import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type KubeApi,
  type KubeObject,
  ObjectStore,
  type ServerTls,
  startKubeApi,
} from "../src/kube-api/index.js";

const kubectlThere = (() => {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
})();

function pod(name: string, phase: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "shop", name, labels: { app: "web" } },
    spec: { nodeName: "node-1", containers: [{ name: "c" }] },
    status: { phase, podIP: "10.244.1.2", containerStatuses: [{ ready: true, restartCount: 3 }] },
  };
}

function selfSigned(dir: string): ServerTls {
  const [key, cert] = [join(dir, "api.key"), join(dir, "api.crt")];
  const subject = ["-subj", "/CN=lab", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject, "-keyout", key, "-out", cert],
    {
      stdio: "pipe",
    },
  );
  const pem = readFileSync(cert, "utf8");
  return { key: readFileSync(key, "utf8"), cert: pem, ca: pem };
}

/** Needs kubectl on the PATH (Debian: kubernetes-client); any version from 1.20 on. */
describe.skipIf(!kubectlThere)("kubectl against the lab's API (skipped without kubectl)", () => {
  const dir = mkdtempSync(join(tmpdir(), "hopline-kubectl-"));
  const store = new ObjectStore();
  let api: KubeApi;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    store.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    for (let index = 0; index < 3; index++) store.apply(pod(`web-${index}`, "Running"));
    store.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "shop", name: "web" },
      spec: {
        type: "NodePort",
        clusterIP: "10.96.0.10",
        ports: [{ port: 80, nodePort: 30080, protocol: "TCP" }],
      },
    });
    store.apply({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "node-1" },
      status: {
        conditions: [{ type: "Ready", status: "True" }],
        addresses: [{ type: "InternalIP", address: "192.168.0.1" }],
      },
    });
    // kubectl sends tokens over HTTPS only.
    const tls = selfSigned(dir);
    api = await startKubeApi({ store, host: "127.0.0.1", port: 0, tls, tokens: { lab: { user: "lab" } } });
    writeFileSync(join(dir, "config"), api.kubeconfig());
    env = { ...process.env, KUBECONFIG: join(dir, "config"), HOME: dir };
  });
  afterAll(async () => {
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Columns of each line, ages left out. */
  const kubectl = async (...args: string[]): Promise<string[][]> => {
    const { stdout } = await promisify(execFile)("kubectl", args, { env });
    return columns(stdout);
  };
  const columns = (text: string): string[][] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(/\s+/).filter((cell) => !/^(\d+[smhd]|AGE)$/.test(cell)));

  it("gets pods, services and nodes as tables", async () => {
    expect(await kubectl("get", "pods", "-n", "shop", "--chunk-size=1")).toEqual([
      ["NAME", "READY", "STATUS", "RESTARTS"],
      ["web-0", "1/1", "Running", "3"],
      ["web-1", "1/1", "Running", "3"],
      ["web-2", "1/1", "Running", "3"],
    ]);
    expect(await kubectl("get", "svc", "-A", "--no-headers")).toEqual([
      ["shop", "web", "NodePort", "10.96.0.10", "<none>", "80:30080/TCP"],
    ]);
    expect((await kubectl("get", "no", "-o", "wide", "--no-headers"))[0]).toEqual([
      "node-1",
      "Ready",
      "<none>",
      "<none>",
      "192.168.0.1",
      "<none>",
    ]);
  });

  it("discovers what there is, and prints objects whole", async () => {
    const resources = (await kubectl("api-resources", "--no-headers", "-o", "name")).flat();
    expect(resources).toContain("networkpolicies.networking.k8s.io");
    expect(resources).toContain("pods");
    const { stdout } = await promisify(execFile)(
      "kubectl",
      ["get", "pod", "web-1", "-n", "shop", "-o", "json"],
      { env },
    );
    expect(JSON.parse(stdout)).toEqual(store.get("v1", "Pod", "shop", "web-1"));
    expect((await kubectl("get", "all", "-n", "shop", "-l", "app=web", "-o", "name")).flat()).toHaveLength(3);
  });

  it("says what is not there, and that nothing can be written", async () => {
    const failure = async (...args: string[]): Promise<string> => {
      const outcome: unknown = await promisify(execFile)("kubectl", args, { env }).catch((thrown) => thrown);
      return typeof outcome === "object" && outcome !== null && "stderr" in outcome
        ? String(outcome.stderr).trim()
        : "";
    };
    expect(await failure("get", "pod", "none", "-n", "shop")).toBe(
      'Error from server (NotFound): pods "none" not found',
    );
    expect(await failure("delete", "pod", "web-0", "-n", "shop", "--wait=false")).toContain(
      "(MethodNotAllowed)",
    );
  });

  it("follows changes", async () => {
    const child = spawn("kubectl", ["get", "pods", "-n", "shop", "-w", "--no-headers"], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const lines = async (count: number): Promise<string[]> => {
      const deadlineMs = Date.now() + 20_000;
      while (columns(printed).length < count) {
        if (Date.now() > deadlineMs) throw new Error(`kubectl printed only: ${printed}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return columns(printed).map(([name, , status]) => `${name} ${status}`);
    };
    try {
      expect(await lines(3)).toHaveLength(3);
      store.apply(pod("web-0", "Succeeded"));
      store.apply(pod("web-7", "Pending"));
      expect((await lines(5)).slice(3)).toEqual(["web-0 Succeeded", "web-7 Pending"]);
    } finally {
      child.kill();
      await exited;
    }
  });
});
