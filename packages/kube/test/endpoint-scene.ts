import { EndpointHistory } from "../src/endpoint-history.js";
import type { KubeObject } from "../src/kube-object.js";
import { ENDPOINT_RESOURCES, type Resource } from "../src/resources.js";

export const T0 = Date.parse("2026-11-21T10:00:00Z");
export const MINUTE = 60_000;
export const at = (minutes: number): string => new Date(T0 + minutes * MINUTE).toISOString();
export const TCP = 6;
export const UDP = 17;

/** A history with a clock that the test sets, in minutes. */
export class Scene {
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

export function pod(name: string, fields: PodFields = {}): KubeObject {
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

export function node(name: string, address: string, podCIDR: string): KubeObject {
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

export const webService: KubeObject = {
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
