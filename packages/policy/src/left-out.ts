import type { Workload } from "./cluster.js";
import { type TrafficPeer, type TrafficRow, trafficPeerText } from "./traffic.js";

/** Traffic that no rule was made for, and why. */
export interface LeftOut {
  readonly source: TrafficPeer;
  readonly destination: TrafficPeer;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
  readonly connections: number;
  /** Without a full stop. */
  readonly reason: string;
}

/** A workload that gets no policy, and why. */
export interface Unadvised {
  readonly workload: Workload;
  /** Without a full stop. */
  readonly reason: string;
}

/** Adds up rows of the same ends, port and reason. */
export class LeftOutRows {
  readonly #rows = new Map<string, LeftOut>();

  get rows(): LeftOut[] {
    return [...this.#rows.values()].sort((one, other) => other.connections - one.connections);
  }

  add({ source, destination, protocol, port, connections }: TrafficRow, reason: string): void {
    const ends = `${trafficPeerText(source.peer)}>${trafficPeerText(destination.peer)}`;
    const key = `${ends}|${protocol}|${port}|${reason}`;
    const known = this.#rows.get(key)?.connections ?? 0;
    this.#rows.set(key, {
      source: source.peer,
      destination: destination.peer,
      protocol,
      port,
      connections: connections + known,
      reason,
    });
  }
}
