import { createServer } from "node:net";
import { env } from "node:process";
import {
  ApiFault,
  ClusterConnection,
  type KubeObject,
  listObjects,
  POLICY_RESOURCES,
  type WatchEvent,
  watchStream,
} from "@hopline/kube";
import { CoreV1Api, KubeConfig, makeInformer, type V1Namespace } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterUnderTest, openClusterUnderTest, until } from "./cluster-under-test.js";

const NAMESPACES = POLICY_RESOURCES.find(({ name }) => name === "namespaces")!;
const LIST = { chunkSize: 500, timeoutMs: 10_000 };

/** What every Kubernetes API does, and the collector relies on: KUBECONFIG's cluster, or else the lab's API. */
describe(`a Kubernetes API (${env.KUBECONFIG ? "of KUBECONFIG" : "the lab's"})`, () => {
  let cluster: ClusterUnderTest;
  let connection: ClusterConnection;
  beforeAll(async () => {
    cluster = await openClusterUnderTest();
    connection = new ClusterConnection({ kubeconfig: cluster.kubeconfig, env: {} });
  });
  afterAll(() => cluster.close());

  const connectAs = (user: Record<string, unknown>): ClusterConnection =>
    new ClusterConnection({ kubeconfig: cluster.workshop.kubeconfigAs(cluster.kubeconfig, user), env: {} });

  const watch = (version: string | undefined, signal: AbortSignal): AsyncGenerator<WatchEvent> =>
    watchStream(connection, {
      resource: NAMESPACES,
      version,
      timeoutSeconds: 30,
      idleTimeoutMs: 20_000,
      connectTimeoutMs: 10_000,
      signal,
    });

  it("answers that it is there", async () => {
    await connection.check();
  });

  it("lists the same objects at once and in chunks", async () => {
    const whole = await listObjects(connection, NAMESPACES, { ...LIST, chunkSize: 0 });
    const chunked = await listObjects(connection, NAMESPACES, { ...LIST, chunkSize: 1 });
    expect(whole.objects.length).toBeGreaterThan(1);
    expect(names(chunked.objects)).toEqual(names(whole.objects));
    expect(chunked.objects[0]).toMatchObject({ apiVersion: "v1", kind: "Namespace" });
    expect(Number(chunked.version)).toBeGreaterThan(0);
  });

  it("says how many objects a chunk leaves", async () => {
    const whole = await listObjects(connection, NAMESPACES, LIST);
    const chunk = JSON.parse(
      await connection.getText({ path: NAMESPACES.path, query: { limit: 1 }, timeoutMs: 10_000 }),
    );
    expect(chunk.items).toHaveLength(1);
    expect(chunk.metadata.remainingItemCount).toBe(whole.objects.length - 1);
  });

  it("begins a watch without a version with the objects there are, and marks their end", async () => {
    const whole = await listObjects(connection, NAMESPACES, LIST);
    const stop = new AbortController();
    const seen: KubeObject[] = [];
    for await (const event of watch(undefined, stop.signal)) {
      if (event.type === "BOOKMARK" && event.endsInitialEvents) {
        expect(Number(event.version)).toBeGreaterThanOrEqual(Number(whole.version));
        break;
      }
      expect(event.type).toBe("ADDED");
      if (event.type === "ADDED") seen.push(event.object);
    }
    expect(names(seen)).toEqual(names(whole.objects));
  });

  it("goes on from a list's version without telling its objects again", async () => {
    const { version } = await listObjects(connection, NAMESPACES, LIST);
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    setTimeout(() => stop.abort(new Error("enough")), 500);
    const read = async (): Promise<void> => {
      for await (const event of watch(version, stop.signal)) events.push(event);
    };
    await expect(read()).rejects.toThrow("enough");
    expect(events.filter(({ type }) => type === "ADDED")).toEqual([]);
  });

  it("answers a watch from a version long gone with an ERROR event of code 410", async () => {
    const response = await connection.get({
      path: NAMESPACES.path,
      query: { watch: true, resourceVersion: 1, timeoutSeconds: 5 },
      timeoutMs: 10_000,
    });
    const [first] = (await response.body.text()).split("\n");
    expect(JSON.parse(first!)).toMatchObject({ type: "ERROR", object: { kind: "Status", code: 410 } });

    const events = watch("1", new AbortController().signal);
    await expect(events.next()).rejects.toMatchObject({ code: "KUBE_GONE" });
  });

  it("answers a continue token of a version long gone with 410", async () => {
    const response = await connection.get({ path: NAMESPACES.path, query: { limit: 1 }, timeoutMs: 10_000 });
    const token: string = JSON.parse(await response.body.text()).metadata.continue;
    const old = { ...JSON.parse(Buffer.from(token, "base64url").toString()), rv: 1 };
    const expired = connection.get({
      path: NAMESPACES.path,
      query: { limit: 1, continue: Buffer.from(JSON.stringify(old)).toString("base64url") },
      timeoutMs: 10_000,
    });
    await expect(expired).rejects.toMatchObject({ code: "KUBE_GONE" });
  });

  it("answers an unknown token with 401, in a sentence that names the server", async () => {
    const refused: unknown = await connectAs({ token: "wrong" })
      .get({ path: NAMESPACES.path, timeoutMs: 10_000 })
      .catch((thrown) => thrown);
    expect(refused).toBeInstanceOf(ApiFault);
    expect(refused).toMatchObject({ code: "KUBE_UNAUTHORIZED" });
    expect((refused as ApiFault).sentence).toContain(
      `${connection.server} answered 401 to GET /api/v1/namespaces`,
    );
  });

  it("answers what a user may not read with 403, in its own words", async () => {
    const refused: unknown = await listObjects(connectAs(cluster.nobody), NAMESPACES, LIST).catch(
      (thrown) => thrown,
    );
    expect(refused).toMatchObject({ code: "KUBE_FORBIDDEN" });
    expect((refused as ApiFault).message).toContain("namespaces is forbidden");
  });

  it("says which server cannot be reached", async () => {
    const server = `http://127.0.0.1:${await freePort()}`;
    const kubeconfig = cluster.workshop.write(
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server } }],
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        users: [{ name: "u", user: {} }],
        "current-context": "c",
      }),
    );
    const refused: unknown = await new ClusterConnection({ kubeconfig, env: {} })
      .check(2000)
      .catch((thrown) => thrown);
    expect(refused).toMatchObject({
      code: "KUBE_UNREACHABLE",
      message: `The API server ${server} cannot be reached: ECONNREFUSED.`,
    });
  });

  it("serves the client library's own informer", async () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    const client = config.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const informer = makeInformer<V1Namespace>(config, NAMESPACES.path, () => client.listNamespace());
    informer.on("add", (namespace) => seen.push(namespace.metadata?.name ?? ""));
    await informer.start();
    const whole = await listObjects(connection, NAMESPACES, LIST);
    await until(() => seen.length >= whole.objects.length, "the informer has told all namespaces");
    await informer.stop();
    expect(seen.sort()).toEqual(names(whole.objects));
  });
});

function names(objects: readonly KubeObject[]): string[] {
  return objects.map(({ metadata }) => metadata.name).sort();
}

/** A port on which nobody listens any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
