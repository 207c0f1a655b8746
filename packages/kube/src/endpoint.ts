/** The topmost owner of a pod, in the pod's namespace. A pod that nobody controls is its own. */
export interface Workload {
  /** `Deployment`, `StatefulSet`, `DaemonSet`, `CronJob`, `Job`, `ReplicaSet`, `Pod` or a custom kind. */
  readonly kind: string;
  readonly name: string;
}

export interface PodEndpoint {
  readonly kind: "pod";
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty until it is scheduled. */
  readonly node: string;
  /** True where it has no address of its own: see {@link NodeEndpoint.pod}. */
  readonly hostNetwork: boolean;
  /** As they were at the time. */
  readonly labels: Readonly<Record<string, string>>;
  readonly workload: Workload;
}

export interface ServiceEndpoint {
  readonly kind: "service";
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** By which of its addresses it was reached. */
  readonly reach: "clusterIP" | "nodePort" | "externalIP" | "loadBalancer";
  /** Of the port that was asked for; empty where that has no name, or is none of the service's. */
  readonly portName: string;
}

export interface NodeEndpoint {
  readonly kind: "node";
  readonly uid: string;
  readonly name: string;
  /**
   * `address`: one of the node's own. `gateway`: its bridge, the first address of its pod network.
   * `tunnel`: its VXLAN or IP-in-IP device.
   */
  readonly reach: "address" | "gateway" | "tunnel";
  readonly labels: Readonly<Record<string, string>>;
  /** The host-network pod that declares the port which was asked for. */
  readonly pod?: PodEndpoint;
}

/** Not of the cluster, as far as anything known then. */
export interface ExternalEndpoint {
  readonly kind: "external";
  readonly address: string;
}

/** What an object of the cluster can be for an address. */
export type Owner = PodEndpoint | ServiceEndpoint | NodeEndpoint;

/** What an address is at a time. */
export type Endpoint = Owner | ExternalEndpoint;

/**
 * Who had an address, and when: what the collector stores and loads again.
 * Intervals of one address, protocol, port and kind of owner never overlap.
 */
export interface EndpointInterval {
  /** Textual; `*` for a NodePort, which every node's address has. */
  readonly address: string;
  /** IANA number; 0 with port 0: all of the address. */
  readonly protocol: number;
  readonly port: number;
  /** Unix milliseconds; the end is not part of it, and null while it lasts. An end at the begin: never was. */
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly owner: Owner;
}
