import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KubeApi, type KubeObject, ObjectStore, startKubeApi } from "../src/kube-api/index.js";

function pod(name: string, namespace = "shop", labels: Record<string, string> = { app: "web" }): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels },
    spec: { nodeName: name.endsWith("0") ? "node-1" : "node-2", containers: [{ name: "c" }] },
    status: { phase: "Running", podIP: "10.0.0.2", containerStatuses: [{ ready: true, restartCount: 1 }] },
  };
}

describe("the lab's Kubernetes API", () => {
  let store: ObjectStore;
  let api: KubeApi;
  beforeEach(async () => {
    store = new ObjectStore();
    for (let index = 0; index < 3; index++) store.apply(pod(`web-${index}`));
    store.apply(pod("db-0", "data", { app: "db", tier: "back" }));
    store.apply({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } });
    store.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    const tokens = { all: { user: "all" }, few: { user: "few", forbidden: ["pods"] } };
    api = await startKubeApi({ store, host: "127.0.0.1", port: 0, bookmarkIntervalMs: 50, tokens });
  });
  afterEach(() => api.close());

  const ask = async (path: string, options: { token?: string; accept?: string; method?: string } = {}) => {
    const response = await fetch(api.url + path, {
      method: options.method ?? "GET",
      headers: {
        Authorization: `Bearer ${options.token ?? "all"}`,
        ...(options.accept ? { Accept: options.accept } : {}),
      },
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const podNames = async (query: string): Promise<string[]> =>
    (await ask(`/api/v1/pods?${query}`)).body.items.map(({ metadata }: KubeObject) => metadata.name);

  /** Events of a watch, as `TYPE name`, until as many have come. Bookmarks are left out unless asked for. */
  const watched = async (path: string, count: number, during: () => void = () => {}): Promise<string[]> => {
    const stop = new AbortController();
    const response = await fetch(api.url + path, {
      headers: { Authorization: "Bearer all" },
      signal: stop.signal,
    });
    expect(response.status).toBe(200);
    during();
    const events: string[] = [];
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body!) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const { type, object } = JSON.parse(line);
        const marked = object.metadata?.annotations?.["k8s.io/initial-events-end"] === "true";
        events.push(
          type === "BOOKMARK"
            ? `BOOKMARK${marked ? " end" : ""}`
            : `${type} ${object.metadata?.name ?? object.code}`,
        );
      }
      if (events.length >= count) break;
    }
    stop.abort();
    return events.slice(0, count);
  };

  it("lists by namespace, labels and fields", async () => {
    expect(await podNames("")).toEqual(["db-0", "web-0", "web-1", "web-2"]);
    expect(await podNames("labelSelector=app%3Dweb")).toHaveLength(3);
    expect(await podNames("labelSelector=app+in+(db,cache),tier")).toEqual(["db-0"]);
    expect(await podNames("labelSelector=app!=web")).toEqual(["db-0"]);
    expect(await podNames("labelSelector=!tier,app+notin+(cache)")).toHaveLength(3);
    expect(await podNames("fieldSelector=spec.nodeName%3Dnode-1")).toEqual(["db-0", "web-0"]);
    expect(await podNames("fieldSelector=metadata.namespace!=shop")).toEqual(["db-0"]);
    expect((await ask("/api/v1/namespaces/data/pods")).body.items).toHaveLength(1);
  });

  it("answers in the API's own words what it cannot", async () => {
    const statusOf = async (path: string, options = {}) => {
      const { status, body } = await ask(path, options);
      expect(body).toMatchObject({ kind: "Status", status: "Failure", code: status });
      return `${status} ${body.reason}: ${body.message}`;
    };
    expect(await statusOf("/api/v1/namespaces/shop/pods/none")).toBe('404 NotFound: pods "none" not found');
    expect(await statusOf("/apis/apps/v1/namespaces/a/deployments/none")).toBe(
      '404 NotFound: deployments.apps "none" not found',
    );
    expect(await statusOf("/api/v1/secrets")).toBe(
      "404 NotFound: the server could not find the requested resource",
    );
    expect(await statusOf("/api/v1/namespaces/shop/nodes")).toMatch(/^404/);
    expect(await statusOf("/%ff")).toMatch(/^404/);
    expect(await statusOf("/api/v1/pods", { method: "DELETE" })).toMatch(/^405 MethodNotAllowed/);
    expect(await statusOf("/api/v1/pods", { accept: "application/vnd.kubernetes.protobuf" })).toMatch(
      /^406 NotAcceptable/,
    );
    expect(await statusOf("/api/v1/pods", { token: "wrong" })).toBe("401 Unauthorized: Unauthorized");
    expect(await statusOf("/api/v1/pods", { token: "few" })).toBe(
      '403 Forbidden: pods is forbidden: User "few" cannot list resource "pods" in API group "" at the cluster scope',
    );
    expect(await statusOf("/api/v1/pods?fieldSelector=spec.colour=red")).toMatch(
      /^400 BadRequest: field label not supported/,
    );
    expect(await statusOf("/api/v1/pods?labelSelector=%2B%2B")).toMatch(/^400/);
    expect(await statusOf("/api/v1/pods?limit=many")).toMatch(/^400/);
    expect(await statusOf("/api/v1/pods?continue=nonsense")).toMatch(/^400/);
    expect(await statusOf(`/api/v1/pods?resourceVersion=${store.version + 99}`)).toMatch(
      /^504 Timeout: .*Too large/,
    );
    expect(await statusOf("/api/v1/pods?watch=1&sendInitialEvents=true")).toMatch(/^422 Invalid/);
  });

  it("chunks a list over one snapshot, and begins anew where that is forgotten", async () => {
    const first = (await ask("/api/v1/pods?limit=2")).body;
    expect(first.metadata.remainingItemCount).toBe(2);
    store.remove("v1", "Pod", "shop", "web-1");
    store.apply(pod("zzz-new"));
    const second = (await ask(`/api/v1/pods?limit=2&continue=${first.metadata.continue}`)).body;
    expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual([
      "db-0",
      "web-0",
      "web-1",
      "web-2",
    ]);
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });

    store.compact();
    const expired = await ask(`/api/v1/pods?limit=2&continue=${first.metadata.continue}`);
    expect(expired).toMatchObject({ status: 410, body: { reason: "Expired" } });
    const inconsistent = (await ask(`/api/v1/pods?limit=9&continue=${expired.body.metadata.continue}`)).body;
    expect(inconsistent.items.map(({ metadata }: KubeObject) => metadata.name)).toEqual(["web-2", "zzz-new"]);
  });

  it("watches from a version, and through selectors", async () => {
    const { version } = store;
    store.apply(pod("web-9"));
    const relabelled = () => {
      store.apply(pod("web-9", "shop", { app: "cache" }));
      store.remove("v1", "Pod", "shop", "web-9");
      store.apply(pod("web-0", "shop", { app: "web", v: "2" }));
    };
    const query = `watch=true&resourceVersion=${version}`;
    expect(await watched(`/api/v1/namespaces/shop/pods?${query}`, 4, relabelled)).toEqual([
      "ADDED web-9",
      "MODIFIED web-9",
      "DELETED web-9",
      "MODIFIED web-0",
    ]);
    expect(await watched(`/api/v1/pods?${query}&labelSelector=app%3Dweb`, 3)).toEqual([
      "ADDED web-9",
      "DELETED web-9",
      "MODIFIED web-0",
    ]);
  });

  it("streams lists that end in a marked bookmark, and bookmarks from then on", async () => {
    const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    expect(await watched(`/api/v1/nodes?${query}`, 3)).toEqual(["ADDED node-1", "BOOKMARK end", "BOOKMARK"]);
  });

  it("tells a watch from before its history that it is gone, and ends it", async () => {
    const { version } = store;
    store.apply(pod("web-9"));
    store.compact();
    expect(await watched(`/api/v1/pods?watch=1&resourceVersion=${version}`, 1)).toEqual(["ERROR 410"]);
    expect(
      await watched(`/api/v1/pods?watch=1&resourceVersion=${store.version}`, 1, () => store.apply(pod("x"))),
    ).toEqual(["ADDED x"]);
  });

  it("ends a watch when its time is up", async () => {
    const startedMs = Date.now();
    const response = await fetch(
      `${api.url}/api/v1/nodes?watch=1&resourceVersion=${store.version}&timeoutSeconds=1`,
      {
        headers: { Authorization: "Bearer all" },
      },
    );
    expect(await response.text()).toBe("");
    expect(Date.now() - startedMs).toBeGreaterThan(900);
    expect(api.openWatches).toBe(0);
  });

  it("says where it cannot listen", async () => {
    const port = Number(new URL(api.url).port);
    await expect(startKubeApi({ store, host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "KUBE_API_LISTEN",
      message: `The lab's Kubernetes API cannot listen on http://127.0.0.1:${port}: the port is taken.`,
    });
  });
});
