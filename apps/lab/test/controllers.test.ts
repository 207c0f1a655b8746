import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AddressReservations } from "../src/controllers/address-reservations.js";
import { reconcileDeployments } from "../src/controllers/deployments.js";
import { clusterZone, servicePorts } from "../src/controllers/discovery.js";
import { reconcileEndpointSlices } from "../src/controllers/endpoint-slices.js";
import { collectGarbage } from "../src/controllers/garbage.js";
import { reconcileReplicas } from "../src/controllers/replicas.js";
import { schedulePods } from "../src/controllers/scheduler.js";
import { updateWorkloadStatus } from "../src/controllers/workload-status.js";
import { ObjectStore } from "../src/kube-api/index.js";
import { nodePlan } from "../src/network/address-plan.js";
import { checkNamespaces, complete } from "../src/objects/admission.js";
import { ClusterObjects } from "../src/objects/cluster-objects.js";
import { readManifest } from "../src/objects/manifest.js";
import { nodeObject } from "../src/objects/node-object.js";
import { runningStatus } from "../src/objects/pod-status.js";
import type { Pod } from "../src/objects/schemas.js";
import { workloadOwner } from "../src/objects/workload-owner.js";

const SHOP = readFileSync(new URL("../manifests/shop.yaml", import.meta.url), "utf8");
const NOW_MS = Date.UTC(2026, 10, 21);

/** A cluster with the shop in it; the kernel's part, giving pods addresses, is `runPods`. */
class ShopCluster {
  readonly objects = new ClusterObjects(new ObjectStore());
  readonly reservations = new AddressReservations();
  #addresses = 1;

  constructor() {
    for (const index of [1, 2]) this.objects.apply(nodeObject(nodePlan(index), "2026-11-21T00:00:00Z"));
    this.apply(SHOP);
  }

  apply(text: string): void {
    const manifest = readManifest(text, "shop.yaml");
    checkNamespaces(this.objects, manifest);
    for (const { object } of manifest) this.objects.store.apply(complete(this.objects, object));
    this.settle();
  }

  /** @returns how many rounds it took */
  settle(): number {
    for (let round = 1; ; round++) {
      const { version } = this.objects.store;
      collectGarbage(this.objects, NOW_MS);
      reconcileDeployments(this.objects);
      reconcileReplicas({
        objects: this.objects,
        reservations: this.reservations,
        random: Math.random,
        nowMs: () => NOW_MS,
      });
      schedulePods(this.objects);
      reconcileEndpointSlices(this.objects);
      updateWorkloadStatus(this.objects);
      if (this.objects.store.version === version) return round;
      if (round > 20) throw new Error("does not settle");
    }
  }

  runPods(): void {
    for (const pod of this.objects.list("Pod")) {
      if (pod.metadata.deletionTimestamp !== undefined)
        this.objects.remove("Pod", pod.metadata.namespace, pod.metadata.name);
      else if (pod.status?.phase === "Pending") {
        this.objects.apply<"Pod">({
          ...pod,
          status: runningStatus(pod, `10.244.9.${this.#addresses++}`, "172.31.0.11", "now"),
        });
      }
    }
    this.settle();
  }

  pods(workload: string): Pod[] {
    return this.objects
      .list("Pod")
      .filter(
        (pod) =>
          workloadOwner(this.objects, pod).name === workload && pod.metadata.deletionTimestamp === undefined,
      );
  }
}

function endpointOf(cluster: ShopCluster, pod: Pod) {
  return cluster.objects
    .list("EndpointSlice")
    .flatMap(({ endpoints }) => endpoints)
    .find(({ addresses }) => addresses[0] === pod.status?.podIP);
}

describe("the lab's control plane", () => {
  test("makes the shop's pods, spreads replicas over nodes and names their owners", () => {
    const cluster = new ShopCluster();
    cluster.runPods();
    expect(cluster.objects.list("Pod")).toHaveLength(27);
    for (const workload of ["web", "api", "cache", "coredns", "ingress"]) {
      expect(new Set(cluster.pods(workload).map((pod) => pod.spec.nodeName))).toEqual(
        new Set(["node1", "node2"]),
      );
    }
    const [web] = cluster.pods("web");
    expect(web?.metadata.name).toMatch(/^web-[a-z0-9]{10}-[a-z0-9]{5}$/);
    expect(web?.metadata.labels).toMatchObject({
      app: "web",
      "pod-template-hash": web?.metadata.name.split("-")[1],
    });
    expect(workloadOwner(cluster.objects, web!)).toMatchObject({ kind: "Deployment", name: "web" });
    expect(cluster.pods("database").map((pod) => pod.metadata.name)).toEqual(["database-0"]);
    expect(workloadOwner(cluster.objects, cluster.pods("currency-rates")[0]!).kind).toBe("Job");
    expect(cluster.objects.get("Deployment", "shop", "web")?.status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
    });
    expect(cluster.settle()).toBe(1);
  });

  test("resolves Services to ready pods, by a target port's name", () => {
    const cluster = new ShopCluster();
    const web = () => servicePorts(cluster.objects).find((port) => port.service === "web")!;
    expect(web().backends).toEqual([]);
    cluster.runPods();
    expect(web()).toMatchObject({ namespace: "shop", portName: "http", port: 80, protocol: "TCP" });
    expect(web().backends).toEqual(
      cluster.pods("web").map((pod) => ({
        ...{ address: pod.status?.podIP, nodeName: pod.spec.nodeName, port: 8080 },
      })),
    );
    expect(servicePorts(cluster.objects).find((port) => port.service === "ingress")?.nodePort).toBe(30_080);
    expect(clusterZone(cluster.objects)["kube-dns.kube-system.svc.cluster.local"]).toBe("10.96.0.10");
    expect(new Set(Object.values(clusterZone(cluster.objects))).size).toBe(
      cluster.objects.list("Service").length,
    );
  });

  test("a pod on its way out is no backend any more, and has a successor at once", () => {
    const cluster = new ShopCluster();
    cluster.runPods();
    const [gone] = cluster.pods("web");
    cluster.objects.apply<"Pod">({
      ...gone!,
      metadata: { ...gone!.metadata, deletionTimestamp: "2026-11-21T00:00:00Z" },
    });
    cluster.settle();
    const backends = servicePorts(cluster.objects).find((port) => port.service === "web")?.backends;
    expect(backends?.map((backend) => backend.address)).not.toContain(gone?.status?.podIP);
    expect(cluster.pods("web")).toHaveLength(3);
    expect(endpointOf(cluster, gone!)?.conditions).toEqual({
      ready: false,
      serving: true,
      terminating: true,
    });
  });

  test("a pod that runs and never gets ready is in the slice as that, and no backend", () => {
    const cluster = new ShopCluster();
    cluster.runPods();
    const [, held] = cluster.pods("web");
    cluster.objects.apply<"Pod">({
      ...held!,
      metadata: { ...held!.metadata, annotations: { "hopline.lab/ready": "false" } },
    });
    cluster.settle();
    expect(endpointOf(cluster, held!)?.conditions).toEqual({
      ...{ ready: false, serving: false, terminating: false },
    });
    const backends = servicePorts(cluster.objects).find((port) => port.service === "web")?.backends;
    expect(backends).toHaveLength(2);
    expect(backends?.map(({ address }) => address)).not.toContain(held?.status?.podIP);
  });

  test("a reserved address and node go to the owner's next pod, once", () => {
    const cluster = new ShopCluster();
    cluster.runPods();
    const [gone] = cluster.pods("search");
    const owner = gone?.metadata.ownerReferences?.[0]?.uid ?? "";
    cluster.reservations.set(owner, { node: "node2", address: "10.244.2.77" });
    cluster.objects.remove("Pod", "shop", gone!.metadata.name);
    cluster.settle();
    const pending = cluster.pods("search").filter((pod) => pod.status?.phase === "Pending");
    expect(pending).toHaveLength(1);
    expect(pending[0]?.spec.nodeName).toBe("node2");
    expect(pending[0]?.metadata.annotations).toMatchObject({ "hopline.lab/address": "10.244.2.77" });
    expect(cluster.reservations.take(owner)).toBeUndefined();
  });

  test("a deleted Deployment takes its ReplicaSet and pods along", () => {
    const cluster = new ShopCluster();
    cluster.runPods();
    cluster.objects.remove("Deployment", "shop", "web");
    cluster.settle();
    cluster.runPods();
    expect(
      cluster.objects.list("ReplicaSet", "shop").filter((set) => set.metadata.name.startsWith("web-")),
    ).toEqual([]);
    expect(cluster.objects.list("Pod", "shop").filter((pod) => pod.metadata.name.startsWith("web-"))).toEqual(
      [],
    );
  });

  test("a Service keeps its address and node port when it is applied again", () => {
    const cluster = new ShopCluster();
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}\n";
    cluster.apply(service);
    const before = cluster.objects.get("Service", "shop", "s");
    cluster.apply(service);
    expect(cluster.objects.get("Service", "shop", "s")).toBe(before);
    expect(before?.spec.ports[0]).toMatchObject({ nodePort: 30_100, targetPort: 80 });
  });
});
