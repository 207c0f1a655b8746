import { describe, expect, it } from "vitest";
import { EndpointHistory } from "../src/endpoint-history.js";
import type { KubeObject } from "../src/kube-object.js";
import { ENDPOINT_RESOURCES, type Resource } from "../src/resources.js";

const T0 = Date.parse("2026-11-21T10:00:00Z");
const MINUTE = 60_000;
const at = (minutes: number): string => new Date(T0 + minutes * MINUTE).toISOString();
const TCP = 6;
const UDP = 17;

/** A history with a clock that the test sets, in minutes. */
class Scene {
  minutes = 0;
  readonly history = new EndpointHistory({ nowMs: () => T0 + this.minutes * MINUTE });

  apply(minutes: number, ...objects: KubeObject[]): void {
    this.minutes = minutes;
    for (const object of objects)
      this.history.apply({ type: "applied", resource: resourceOf(object.kind), object });
  }

  delete(minutes: number, object: KubeObject): void {
    this.minutes = minutes;
    this.history.apply({ type: "deleted", resource: resourceOf(object.kind), object });
  }

  list(minutes: number, kind: string, ...objects: KubeObject[]): void {
    this.minutes = minutes;
    this.history.apply({ type: "listed", resource: resourceOf(kind), objects });
  }

  /** `kind namespace/name` of what the address was. */
  who(address: string, minutes: number, port = 0, protocol = 0): string {
    const endpoint = this.history.endpointAt(address, T0 + minutes * MINUTE, port, protocol);
    if (endpoint.kind === "external") return `external ${endpoint.address}`;
    const name = endpoint.kind === "node" ? endpoint.name : `${endpoint.namespace}/${endpoint.name}`;
    return `${endpoint.kind} ${name}`;
  }
}

function resourceOf(kind: string): Resource {
  return ENDPOINT_RESOURCES.find((resource) => resource.kind === kind)!;
}

interface PodFields {
  ip?: string;
  ips?: string[];
  start?: number;
  ready?: number;
  phase?: string;
  finished?: number;
  labels?: Record<string, string>;
  owner?: { kind: string; name: string; uid: string };
  hostNetwork?: boolean;
  ports?: { containerPort: number; protocol?: string }[];
  uid?: string;
}

function pod(name: string, fields: PodFields = {}): KubeObject {
  const owner = fields.owner === undefined ? [] : [{ apiVersion: "x/v1", controller: true, ...fields.owner }];
  const terminated = fields.finished === undefined ? undefined : { finishedAt: at(fields.finished) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: "shop",
      name,
      uid: fields.uid ?? `uid-${name}`,
      labels: fields.labels,
      ownerReferences: owner,
    },
    spec: {
      nodeName: "node-1",
      hostNetwork: fields.hostNetwork,
      containers: [{ name: "c", ports: fields.ports }],
    },
    status: {
      phase: fields.phase ?? "Running",
      startTime: fields.start === undefined ? undefined : at(fields.start),
      podIP: fields.ip,
      podIPs: (fields.ips ?? (fields.ip === undefined ? [] : [fields.ip])).map((ip) => ({ ip })),
      conditions:
        fields.ready === undefined
          ? []
          : [{ type: "PodReadyToStartContainers", status: "True", lastTransitionTime: at(fields.ready) }],
      containerStatuses: [{ state: { terminated } }],
    },
  };
}

function node(name: string, address: string, podCIDR: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: `uid-${name}`, creationTimestamp: at(-100) },
    spec: { podCIDR },
    status: {
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: name },
      ],
    },
  };
}

const webService: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace: "shop", name: "web", uid: "uid-svc-web", creationTimestamp: at(-10) },
  spec: {
    clusterIP: "10.96.0.10",
    clusterIPs: ["10.96.0.10", "fd00:96::10"],
    externalIPs: ["192.0.2.7"],
    ports: [
      { name: "http", port: 80, nodePort: 30080 },
      { name: "quic", port: 443, protocol: "UDP" },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: "192.168.0.1" }, { hostname: "lb.example" }] } },
};

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

describe("services", () => {
  it("are told by address and port", () => {
    const scene = new Scene();
    scene.apply(0, webService);
    expect(scene.history.endpointAt("10.96.0.10", T0, 80, TCP)).toMatchObject({
      name: "web",
      portName: "http",
      reach: "clusterIP",
    });
    expect(scene.history.endpointAt("fd00:96::10", T0, 443, UDP)).toMatchObject({
      name: "web",
      portName: "quic",
    });
    expect(scene.history.endpointAt("10.96.0.10", T0, 81, TCP)).toMatchObject({ name: "web", portName: "" });
    expect(scene.history.endpointAt("192.0.2.7", T0, 80, TCP)).toMatchObject({
      name: "web",
      reach: "externalIP",
    });
    expect(scene.who("192.0.2.7", 0, 81, TCP)).toBe("external 192.0.2.7");
  });

  it("are reached at a node by NodePort and load balancer; other ports are the node's", () => {
    const scene = new Scene();
    scene.apply(
      0,
      webService,
      node("node-1", "192.168.0.1", "10.244.1.0/24"),
      node("node-2", "192.168.0.2", "10.244.2.0/24"),
    );
    expect(scene.history.endpointAt("192.168.0.2", T0, 30080, TCP)).toMatchObject({
      name: "web",
      reach: "nodePort",
      portName: "http",
    });
    expect(scene.who("192.168.0.2", 0, 30080, UDP)).toBe("node node-2");
    expect(scene.history.endpointAt("192.168.0.1", T0, 80, TCP)).toMatchObject({
      name: "web",
      reach: "loadBalancer",
    });
    expect(scene.who("192.168.0.2", 0, 80, TCP)).toBe("node node-2");
  });

  it("keep their time: a port from its appearance, an address until the service goes", () => {
    const scene = new Scene();
    scene.apply(0, webService);
    const more = {
      ...webService,
      spec: { ...(webService.spec as object), ports: [{ name: "admin", port: 8080 }] },
    };
    scene.apply(5, more);
    expect(scene.history.endpointAt("10.96.0.10", T0 + 6 * MINUTE, 8080, TCP)).toMatchObject({
      portName: "admin",
    });
    expect(scene.history.endpointAt("10.96.0.10", T0 + 4 * MINUTE, 8080, TCP)).toMatchObject({
      portName: "",
    });
    expect(scene.history.endpointAt("10.96.0.10", T0 + 4 * MINUTE, 80, TCP)).toMatchObject({
      portName: "http",
    });
    scene.delete(7, more);
    expect(scene.who("10.96.0.10", 8)).toBe("external 10.96.0.10");
  });
});

describe("nodes", () => {
  it("own their addresses, their bridge's and their tunnel device's", () => {
    const scene = new Scene();
    scene.apply(0, node("node-1", "192.168.0.1", "10.244.1.0/24"));
    const reach = (address: string) => scene.history.endpointAt(address, T0);
    expect(reach("192.168.0.1")).toMatchObject({ kind: "node", name: "node-1", reach: "address" });
    expect(reach("10.244.1.1")).toMatchObject({ kind: "node", name: "node-1", reach: "gateway" });
    expect(reach("10.244.1.0")).toMatchObject({ kind: "node", name: "node-1", reach: "tunnel" });
    expect(reach("10.244.1.2")).toMatchObject({ kind: "external" });
    expect(scene.history.inPodNetwork("10.244.1.2")).toBe(true);
    expect(scene.history.inPodNetwork("10.245.1.2")).toBe(false);
  });

  it("stand for their host-network pods, which are told by the ports they declare", () => {
    const scene = new Scene();
    const exporter = pod("exporter", {
      ip: "192.168.0.1",
      start: 0,
      hostNetwork: true,
      ports: [{ containerPort: 9100 }],
    });
    scene.apply(0, node("node-1", "192.168.0.1", "10.244.1.0/24"), exporter);
    expect(scene.history.endpointAt("192.168.0.1", T0)).toMatchObject({ kind: "node", name: "node-1" });
    expect(scene.history.endpointAt("192.168.0.1", T0, 9100, TCP)).toMatchObject({
      kind: "node",
      name: "node-1",
      pod: { name: "exporter", hostNetwork: true },
    });
    expect(scene.history.endpointAt("192.168.0.1", T0, 9100, UDP)).not.toHaveProperty("pod");
  });

  it("know Calico's tunnel addresses", () => {
    const scene = new Scene();
    const calico = node("node-1", "192.168.0.1", "");
    calico.metadata.annotations = { "projectcalico.org/IPv4IPIPTunnelAddr": "10.42.7.64" };
    scene.apply(0, calico);
    expect(scene.who("10.42.7.64", 0)).toBe("node node-1");
  });
});

describe("persistence", () => {
  it("tells every change once, and takes back a begin that moved", () => {
    const scene = new Scene();
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 8, ready: 11 }));
    expect(scene.history.takeChanges()).toMatchObject([
      { address: "10.0.0.2", port: 0, fromMs: T0 + 8 * MINUTE, toMs: null },
    ]);
    expect(scene.history.takeChanges()).toEqual([]);
    // The former owner is heard of late: it had the address until the new one's network was ready.
    scene.apply(13, pod("old", { ip: "10.0.0.2", start: 0, phase: "Succeeded", finished: 10 }));
    const changes = scene.history
      .takeChanges()
      .map(({ fromMs, toMs, owner }) => [
        owner.kind === "pod" && owner.name,
        (fromMs - T0) / MINUTE,
        toMs === null ? null : (toMs - T0) / MINUTE,
      ]);
    expect(changes.sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
      ["old", 0, 10],
      ["new", 8, 8],
      ["new", 10, null],
    ]);
  });

  it("answers after a restart as before, and ends what went meanwhile", () => {
    const before = new Scene();
    const gone = pod("gone", { ip: "10.0.0.4", start: 0 });
    const front = { tier: "front" };
    before.list(
      0,
      "Pod",
      gone,
      pod("web", { ip: "10.0.0.2", start: 0, labels: front }),
      pod("job", { ip: "10.0.0.3", start: 0 }),
    );
    before.apply(0, webService, node("node-1", "192.168.0.1", "10.244.1.0/24"));
    before.apply(3, pod("web", { ip: "10.0.0.2", start: 0, labels: { tier: "back" } }));
    before.apply(4, pod("job", { ip: "10.0.0.3", start: 0, phase: "Succeeded", finished: 4 }));

    const told = structuredClone(before.history.takeChanges());
    const after = new Scene();
    after.history.restore(told);
    expect(after.history.takeChanges()).toEqual([]);
    expect(sorted(after)).toEqual(sorted(before));

    after.list(60, "Pod", pod("web", { ip: "10.0.0.2", start: 0, labels: { tier: "back" } }));
    expect(after.who("10.0.0.4", 59)).toBe("pod shop/gone");
    expect(after.who("10.0.0.4", 60)).toBe("external 10.0.0.4");
    expect(after.history.endpointAt("10.0.0.2", T0 + 2 * MINUTE)).toMatchObject({ labels: front });
    expect(after.history.takeChanges()).toMatchObject([{ owner: { name: "gone" }, toMs: T0 + 60 * MINUTE }]);
  });

  it("forgets what ended long ago, counts it, and gives its time to nobody else", () => {
    const scene = new Scene();
    const old = pod("old", { ip: "10.0.0.2", start: 0 });
    scene.apply(0, old);
    scene.delete(10, old);
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 8, ready: 11 }));
    expect(scene.history.dropEndedBefore(T0 + 9 * MINUTE)).toBe(0);
    expect(scene.history.dropEndedBefore(T0 + 11 * MINUTE)).toBe(1);
    scene.apply(13, pod("new", { ip: "10.0.0.2", start: 8, ready: 11, labels: { late: "yes" } }));
    expect(scene.who("10.0.0.2", 9)).toBe("external 10.0.0.2");
    expect(scene.who("10.0.0.2", 10)).toBe("pod shop/new");
    expect(scene.history.counts).toMatchObject({ dropped: 1, spans: 2 });
  });
});

it("counts objects that do not fit, says why, and goes on", () => {
  const scene = new Scene();
  const odd = pod("odd", { ip: "10.0.0.2" });
  scene.apply(
    0,
    { ...odd, spec: { hostNetwork: "yes" } },
    pod("words", { ip: "not-an-address" }),
    pod("web", { ip: "10.0.0.3" }),
  );
  expect(scene.history.counts).toMatchObject({ rejected: { Pod: 1, pod: 1 } });
  expect(scene.who("10.0.0.3", 0)).toBe("pod shop/web");
});

function sorted(scene: Scene): string[] {
  return scene.history
    .intervals()
    .map((interval) => JSON.stringify(interval))
    .sort();
}
