import { Fault } from "@hopline/fault";
import { describe, expect, it } from "vitest";
import { type KubeObject, type ObjectEvent, ObjectStore, RESOURCE_TYPES } from "../src/kube-api/index.js";

const PODS = RESOURCE_TYPES.find(({ kind }) => kind === "Pod")!;

function pod(name: string, phase = "Running"): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { namespace: "shop", name }, status: { phase } };
}

function newStore(historyLimit?: number): ObjectStore {
  let uid = 0;
  return new ObjectStore({ historyLimit, nowMs: () => 1_800_000_000_000, newUid: () => `uid-${uid++}` });
}

describe("the object store", () => {
  it("sets uid, version, generation and creation time, and keeps them over a change", () => {
    const store = newStore();
    const created = store.apply(pod("web"));
    expect(created.metadata).toEqual({
      namespace: "shop",
      name: "web",
      uid: "uid-0",
      resourceVersion: "1800000000001",
      creationTimestamp: "2027-01-15T08:00:00Z",
      generation: 1,
    });
    const changed = store.apply(pod("web", "Failed"));
    expect(changed.metadata).toEqual({ ...created.metadata, resourceVersion: "1800000000002" });
    expect(store.apply({ ...pod("web", "Failed"), spec: { nodeName: "n" } }).metadata.generation).toBe(2);
  });

  it("does nothing where nothing differs", () => {
    const store = newStore();
    const events: ObjectEvent[] = [];
    store.subscribe((event) => events.push(event));
    const first = store.apply(pod("web"));
    expect(store.apply(pod("web"))).toBe(first);
    expect(events).toHaveLength(1);
  });

  it("is not changed by what its callers do to their objects", () => {
    const store = newStore();
    const labels: Record<string, string> = { app: "web" };
    store.apply({ ...pod("web"), metadata: { ...pod("web").metadata, labels } });
    labels.app = "changed";
    expect(store.get("v1", "Pod", "shop", "web")?.metadata.labels).toEqual({ app: "web" });
  });

  it("tells its subscribers, until they leave", () => {
    const store = newStore();
    const events: string[] = [];
    const leave = store.subscribe(({ type, object }) => events.push(`${type} ${object.metadata.name}`));
    store.apply(pod("web"));
    store.apply(pod("web", "Failed"));
    store.remove("v1", "Pod", "shop", "web");
    expect(store.remove("v1", "Pod", "shop", "web")).toBeUndefined();
    leave();
    store.apply(pod("late"));
    expect(events).toEqual(["ADDED web", "MODIFIED web", "DELETED web"]);
  });

  it("shows its objects as they were at any version that it still knows", () => {
    const store = newStore();
    store.apply(pod("a"));
    const version = store.version;
    store.apply(pod("b"));
    store.apply(pod("a", "Failed"));
    store.remove("v1", "Pod", "shop", "b");
    expect(store.listAt(PODS, version)).toMatchObject([
      { metadata: { name: "a" }, status: { phase: "Running" } },
    ]);
    expect(store.listAt(PODS, version + 1).map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(store.list("v1", "Pod")).toMatchObject([{ metadata: { name: "a" }, status: { phase: "Failed" } }]);
    expect(store.list("v1", "Pod", "elsewhere")).toEqual([]);
  });

  it("keeps a bounded history", () => {
    const store = newStore(100);
    for (let index = 0; index < 1000; index++) store.apply(pod(`p-${index % 10}`, `phase ${index}`));
    const kept = store.version - store.oldestVersion;
    expect(kept).toBeGreaterThanOrEqual(100);
    expect(kept).toBeLessThanOrEqual(126);
    expect(store.changesSince(PODS, store.oldestVersion)).toHaveLength(kept);
    store.compact();
    expect(store.oldestVersion).toBe(store.version);
  });

  it.each([
    [
      "an unknown kind",
      { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } },
      'does not know kind "Secret"',
    ],
    ["no name", { apiVersion: "v1", kind: "Node", metadata: { name: "" } }, "has no metadata.name"],
    [
      "no namespace",
      { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } },
      "needs a metadata.namespace",
    ],
    [
      "a namespace too many",
      { apiVersion: "v1", kind: "Node", metadata: { name: "a", namespace: "b" } },
      "cluster-scoped",
    ],
  ])("refuses an object with %s", (_what, object, message) => {
    expect(() => newStore().apply(object)).toThrow(Fault);
    expect(() => newStore().apply(object)).toThrow(message);
  });
});
