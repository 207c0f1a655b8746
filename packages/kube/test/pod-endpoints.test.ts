import { describe, expect, it } from "vitest";
import type { KubeObject } from "../src/kube-object.js";
import { MINUTE, pod, Scene, T0 } from "./endpoint-scene.js";

describe("pods", () => {
  it("names packets from before the pod was heard of, from its start on", () => {
    const scene = new Scene();
    scene.apply(5, pod("web", { ip: "10.0.0.2", start: 1 }));
    expect(scene.who("10.0.0.2", 0.9)).toBe("external 10.0.0.2");
    expect(scene.who("10.0.0.2", 1)).toBe("pod shop/web");
    expect(scene.who("10.0.0.2", 99)).toBe("pod shop/web");
  });

  it("takes an address as bytes of a column, IPv4 mapped", () => {
    const scene = new Scene();
    scene.apply(0, pod("web", { ips: ["10.0.0.2", "fd00::2"], start: 0 }));
    const column = new Uint8Array(32);
    column.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 2], 16);
    expect(scene.history.endpointAt(column.subarray(16), T0)).toMatchObject({ kind: "pod", name: "web" });
    expect(scene.history.endpointAt(column.subarray(0), T0)).toEqual({ kind: "external", address: "::" });
    expect(scene.who("fd00:0:0::2", 0)).toBe("pod shop/web");
    expect(scene.who("::ffff:10.0.0.2", 0)).toBe("pod shop/web");
  });

  it("names each row by its time when an address goes to another pod", () => {
    const scene = new Scene();
    const old = pod("old", { ip: "10.0.0.2", start: 0 });
    scene.apply(0, old);
    scene.delete(10, old);
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 11 }));
    expect([9, 10, 11, 20].map((minutes) => scene.who("10.0.0.2", minutes))).toEqual([
      "pod shop/old",
      "external 10.0.0.2",
      "pod shop/new",
      "pod shop/new",
    ]);
  });

  it("begins the new owner at the former's end, where it was started before that", () => {
    const scene = new Scene();
    const old = pod("old", { ip: "10.0.0.2", start: 0 });
    scene.apply(0, old);
    scene.delete(10, old);
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 8, ready: 11 }));
    expect(scene.who("10.0.0.2", 9)).toBe("pod shop/old");
    expect(scene.who("10.0.0.2", 10)).toBe("pod shop/new");
  });

  it("does the same without a readiness condition, as long as the end was heard of first", () => {
    const scene = new Scene();
    const old = pod("old", { ip: "10.0.0.2", start: 0 });
    scene.apply(0, old);
    scene.delete(10, old);
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 8 }));
    expect(scene.who("10.0.0.2", 9)).toBe("pod shop/old");
    expect(scene.who("10.0.0.2", 10)).toBe("pod shop/new");
  });

  it("gives the time that nobody watched to the new owner, from its start on", () => {
    const scene = new Scene();
    scene.list(0, "Pod", pod("old", { ip: "10.0.0.2", start: 0 }));
    scene.list(60, "Pod", pod("new", { ip: "10.0.0.2", start: 20 }));
    expect(scene.who("10.0.0.2", 19)).toBe("pod shop/old");
    expect(scene.who("10.0.0.2", 20)).toBe("pod shop/new");
  });

  it("cuts the former owner at the new one's start, where its end is not heard of before", () => {
    const scene = new Scene();
    const old = pod("old", { ip: "10.0.0.2", start: 0 });
    scene.apply(0, old);
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 11 }));
    scene.delete(13, old);
    expect(scene.who("10.0.0.2", 10.9)).toBe("pod shop/old");
    expect(scene.who("10.0.0.2", 11)).toBe("pod shop/new");
  });

  it("takes the address from a pod that ran to its end, when its last container stopped", () => {
    const scene = new Scene();
    scene.apply(0, pod("job", { ip: "10.0.0.3", start: 0 }));
    scene.apply(9, pod("job", { ip: "10.0.0.3", start: 0, phase: "Succeeded", finished: 7 }));
    expect(scene.who("10.0.0.3", 6.9)).toBe("pod shop/job");
    expect(scene.who("10.0.0.3", 7)).toBe("external 10.0.0.3");
  });

  it("knows a pod that came and went while nobody watched", () => {
    const scene = new Scene();
    scene.list(60, "Pod", pod("job", { ip: "10.0.0.3", start: 20, phase: "Failed", finished: 25 }));
    expect(scene.who("10.0.0.3", 22)).toBe("pod shop/job");
    expect(scene.who("10.0.0.3", 30)).toBe("external 10.0.0.3");
  });

  it("moves with a pod whose sandbox was made anew", () => {
    const scene = new Scene();
    scene.apply(0, pod("web", { ip: "10.0.0.2", start: 0 }));
    scene.apply(5, pod("web", { ip: "10.0.0.9", start: 0 }));
    expect(scene.who("10.0.0.2", 4)).toBe("pod shop/web");
    expect(scene.who("10.0.0.2", 5)).toBe("external 10.0.0.2");
    expect(scene.who("10.0.0.9", 4)).toBe("external 10.0.0.9");
    expect(scene.who("10.0.0.9", 5)).toBe("pod shop/web");
  });

  it("ends what a new list no longer has", () => {
    const scene = new Scene();
    scene.list(0, "Pod", pod("a", { ip: "10.0.0.2", start: 0 }), pod("b", { ip: "10.0.0.3", start: 0 }));
    scene.list(8, "Pod", pod("b", { ip: "10.0.0.3", start: 0 }));
    expect(scene.who("10.0.0.2", 7.9)).toBe("pod shop/a");
    expect(scene.who("10.0.0.2", 8)).toBe("external 10.0.0.2");
    expect(scene.who("10.0.0.3", 8)).toBe("pod shop/b");
  });

  it("keeps the labels that a pod had at each time", () => {
    const scene = new Scene();
    scene.apply(0, pod("web", { ip: "10.0.0.2", start: 0, labels: { tier: "front" } }));
    scene.apply(5, pod("web", { ip: "10.0.0.2", start: 0, labels: { tier: "back" } }));
    const labels = (minutes: number) => scene.history.endpointAt("10.0.0.2", T0 + minutes * MINUTE);
    expect(labels(4)).toMatchObject({ labels: { tier: "front" } });
    expect(labels(5)).toMatchObject({ labels: { tier: "back" } });
  });
});

describe("workloads", () => {
  const replicaSet: KubeObject = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      namespace: "shop",
      name: "web-6d4f",
      uid: "uid-rs",
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-deploy", controller: true },
      ],
    },
  };
  const owner = { kind: "ReplicaSet", name: "web-6d4f", uid: "uid-rs" };
  const workloadOf = (scene: Scene) => {
    const endpoint = scene.history.endpointAt("10.0.0.2", T0);
    return endpoint.kind === "pod" ? endpoint.workload : endpoint;
  };

  it("goes up through the ReplicaSet, also when that becomes known last", () => {
    const scene = new Scene();
    scene.apply(0, pod("web-6d4f-x", { ip: "10.0.0.2", start: 0, owner }));
    expect(workloadOf(scene)).toEqual({ kind: "ReplicaSet", name: "web-6d4f" });
    scene.apply(1, replicaSet);
    expect(workloadOf(scene)).toEqual({ kind: "Deployment", name: "web" });
  });

  it("tells the Deployment by the pod-template-hash where the ReplicaSet may not be seen", () => {
    const scene = new Scene();
    scene.apply(
      0,
      pod("web-6d4f-x", { ip: "10.0.0.2", start: 0, owner, labels: { "pod-template-hash": "6d4f" } }),
    );
    expect(workloadOf(scene)).toEqual({ kind: "Deployment", name: "web" });
  });

  it("goes up through the Job to the CronJob", () => {
    const scene = new Scene();
    const cron = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      name: "report",
      uid: "uid-cron",
      controller: true,
    };
    const job = { namespace: "shop", name: "report-1", uid: "uid-job", ownerReferences: [cron] };
    scene.apply(0, { apiVersion: "batch/v1", kind: "Job", metadata: job });
    scene.apply(
      0,
      pod("report-1-x", {
        ip: "10.0.0.2",
        start: 0,
        owner: { kind: "Job", name: "report-1", uid: "uid-job" },
      }),
    );
    expect(workloadOf(scene)).toEqual({ kind: "CronJob", name: "report" });
  });

  it("takes a pod that nobody, or only its node, owns for its own workload", () => {
    const scene = new Scene();
    scene.apply(
      0,
      pod("etcd", { ip: "10.0.0.2", start: 0, owner: { kind: "Node", name: "node-1", uid: "uid-node-1" } }),
    );
    expect(workloadOf(scene)).toEqual({ kind: "Pod", name: "etcd" });
  });
});
