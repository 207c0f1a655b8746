import type { Workload } from "./cluster.js";
import type { Party } from "./connection.js";

/** Who an end of traffic belongs to; what the same two did is told together. */
export type TrafficPeer =
  | { readonly kind: "workload"; readonly namespace: string; readonly workload: Workload }
  | { readonly kind: "node"; readonly name: string }
  /** A Service whose backend nobody saw. */
  | { readonly kind: "service"; readonly namespace: string; readonly name: string }
  | { readonly kind: "external"; readonly address: string }
  /** An address that nobody could name. */
  | { readonly kind: "unknown"; readonly address: string };

export interface TrafficEnd {
  readonly peer: TrafficPeer;
  /** Who it may have been: one, mostly; a Service's backends where it is not known which; none where nobody knows. */
  readonly parties: readonly Party[];
}

/** Connections that were seen between two ends, in their initiators' direction, as the server sees them. */
export interface TrafficRow {
  readonly source: TrafficEnd;
  readonly destination: TrafficEnd;
  /** IANA number. */
  readonly protocol: number;
  /** At the server; 0 for a protocol without ports. */
  readonly port: number;
  /** What was dialled, where it is not the destination's address. */
  readonly dialledAddress?: string;
  /** What the server saw as the source, where it is not the source's address. */
  readonly seenSourceAddress?: string;
  readonly connections: number;
  /** Of those, how many came to nothing: refused, dropped, or without an answer where one was due. */
  readonly failed: number;
  /** Milliseconds since the Unix epoch. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** The same text for the same peer, and fit for people: `shop/web[Deployment]`, `node n1`, `203.0.113.9`. */
export function trafficPeerText(peer: TrafficPeer): string {
  switch (peer.kind) {
    case "workload":
      return `${peer.namespace}/${peer.workload.name}[${peer.workload.kind}]`;
    case "node":
      return `node ${peer.name}`;
    case "service":
      return `Service ${peer.namespace}/${peer.name}`;
    case "external":
      return peer.address;
    case "unknown":
      return `unknown ${peer.address}`;
  }
}
