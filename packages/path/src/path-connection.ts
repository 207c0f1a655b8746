/**
 * What an end of a connection is for its path: `pod` has an interface of its own, `host` is the node's own sockets (a
 * host-network pod, the kubelet), `outside` has no agent, `service` is a Service for which no backend answered.
 */
export type EndKind = "pod" | "host" | "outside" | "service" | "unknown";

export interface PathEnd {
  readonly kind: EndKind;
  /** Node on which it lives; empty outside of the cluster and where not known. */
  readonly node: string;
  readonly address: string;
  readonly port: number;
  /** How people call it: the pod, the node, the Service, else the address. */
  readonly name: string;
}

/** What is known of a connection beside its rows. */
export interface PathConnection {
  /** `tcp`, `udp`, … */
  readonly protocol: string;
  readonly client: PathEnd;
  readonly server: PathEnd;
  /** `none`, `dnat`, `snat`, `dnat+snat`, `untracked`. */
  readonly translation: string;
  /** What the client dialled, where that is not the server's own address. */
  readonly dialled: { readonly name: string; readonly address: string; readonly port: number } | null;
  /** What was seen of it (docs/design.md, words). */
  readonly outcome: string;
}

export type Direction = "forward" | "reply";

/** Sender and receiver of one direction. */
export function endsOf(connection: PathConnection, direction: Direction): readonly [PathEnd, PathEnd] {
  const { client, server } = connection;
  return direction === "forward" ? [client, server] : [server, client];
}
