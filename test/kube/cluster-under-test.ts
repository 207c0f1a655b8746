import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { parse, stringify } from "yaml";
import { type KubeApi, ObjectStore, startKubeApi } from "../../apps/lab/src/kube-api/index.js";

/** A kubeconfig, as far as these tests change it. */
export interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  "current-context": string;
}

/** Writes files that are gone after the test. */
export class Workshop {
  readonly dir = mkdtempSync(join(tmpdir(), "hopline-kube-"));
  #files = 0;

  write(text: string, name = `file-${this.#files++}`, mode = 0o600): string {
    const path = join(this.dir, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  /** A kubeconfig like the given one, with its only (or first) user changed. */
  kubeconfigAs(kubeconfig: string, user: Record<string, unknown>): string {
    const config = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
    const context =
      config.contexts.find(({ name }) => name === config["current-context"]) ?? config.contexts[0]!;
    config.users = [{ name: "under-test", user }];
    context.context.user = "under-test";
    return this.write(stringify(config));
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface ClusterUnderTest {
  readonly kubeconfig: string;
  /** A user of this cluster who may read nothing. */
  readonly nobody: Record<string, unknown>;
  readonly workshop: Workshop;
  close(): Promise<void>;
}

/** KUBECONFIG's cluster where that is set, and else the lab's API with a few objects in it. */
export async function openClusterUnderTest(): Promise<ClusterUnderTest> {
  const workshop = new Workshop();
  if (env.KUBECONFIG) {
    const kubeconfig = env.KUBECONFIG;
    const config = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
    const current = config.contexts.find(({ name }) => name === config["current-context"])?.context.user;
    const user = config.users.find(({ name }) => name === current)?.user;
    // Needs the right to impersonate, which an administrator has.
    const nobody = { ...user, as: "hopline-test-nobody" };
    return { kubeconfig, nobody, workshop, close: async () => workshop.close() };
  }
  const lab = await startLabApi();
  return {
    kubeconfig: workshop.write(lab.api.kubeconfig()),
    nobody: { token: "nobody" },
    workshop,
    close: async () => {
      await lab.api.close();
      workshop.close();
    },
  };
}

export interface LabApi {
  readonly api: KubeApi;
  readonly store: ObjectStore;
}

/** The lab's API with two namespaces and four pods; tokens `reader`, and `nobody`, who may read nothing. */
export async function startLabApi(
  options: Partial<Parameters<typeof startKubeApi>[0]> = {},
): Promise<LabApi> {
  const store = new ObjectStore();
  for (const name of ["shop", "monitoring"])
    store.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  for (let index = 0; index < 4; index++) store.apply(pod(`web-${index}`, `10.244.1.${index + 2}`));
  const api = await startKubeApi({
    store,
    host: "127.0.0.1",
    port: 0,
    bookmarkIntervalMs: 100,
    tokens: {
      reader: { user: "reader" },
      nobody: { user: "nobody", forbidden: ["pods", "namespaces", "services", "nodes"] },
    },
    ...options,
  });
  return { api, store };
}

export function pod(name: string, podIP: string, namespace = "shop") {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: "web" } },
    spec: { nodeName: "node-1", containers: [{ name: "web" }] },
    status: { phase: "Running", podIP, podIPs: [{ ip: podIP }], startTime: "2026-11-20T10:00:00Z" },
  };
}

/** Waits until something holds, asking often. */
export async function until(holds: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
