/** An interface of a node, as its kernel describes it. */
export interface InterfaceState {
  readonly name: string;
  /** `veth`, `bridge`, `vxlan`, …; empty for a physical device. */
  readonly kind: string;
  readonly role: string;
  /** Bytes of layer 3. */
  readonly mtu: number;
  readonly up: boolean;
  /** A tunnel whose forwarding entries do not say where its packets go. */
  readonly isPointed: boolean;
  /** Frames since it was made. */
  readonly receiveDropped: number;
  readonly sendDropped: number;
  readonly receiveErrors: number;
  readonly sendErrors: number;
}

export interface RouteState {
  readonly table: string;
  /** `unicast`, `local`, `blackhole`, `unreachable`, `prohibit`, `throw`, … */
  readonly type: string;
  /** With a prefix length. */
  readonly destination: string;
  readonly nextHops: readonly { readonly device: string; readonly gateway: string | null }[];
  readonly metric: number;
  /** Where the route sets one below its device's. */
  readonly mtu: number | null;
}

export interface RuleState {
  readonly family: "ipv4" | "ipv6";
  readonly priority: number;
  readonly table: string;
  /** False where it holds for some packets only. */
  readonly isForAll: boolean;
}

export interface NeighbourState {
  readonly address: string;
  readonly device: string;
  readonly mac: string | null;
  readonly state: "permanent" | "usable" | "incomplete" | "failed";
}

/** How a node's kernel is set to forward packets (packages/batch, nodeStateSchema). */
export interface NodeState {
  readonly interfaces: readonly InterfaceState[];
  readonly routes: readonly RouteState[];
  readonly rules: readonly RuleState[];
  readonly neighbours: readonly NeighbourState[];
  readonly forwarding: readonly { readonly device: string; readonly mac: string; readonly remote: string }[];
  readonly conntrack: {
    readonly entries: number;
    /** 0: no limit. */
    readonly limit: number;
    readonly dropped: number;
  } | null;
  /** That something is not in a list means nothing. */
  readonly cut: boolean;
}

/** A node's state at one time. */
export interface NodeReading {
  readonly node: string;
  /** Milliseconds since the Unix epoch, by the node's own clock. */
  readonly readAtMs: number;
  readonly state: NodeState;
}
