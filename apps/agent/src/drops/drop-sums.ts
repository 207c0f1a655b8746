import type { LoggedPacket } from "@hopline/capture";
import { copyTuple, emptyTuple, type Tuple } from "@hopline/conntrack";
import type { DroppedFlow } from "./dropped-packet.js";

/** Packets of one flow that one rule dropped since the last hand-over. */
export interface DropSum {
  readonly group: number;
  readonly prefix: string;
  /** The kernel's interface indexes; 0: none. */
  readonly inInterface: number;
  readonly outInterface: number;
  readonly tuple: Tuple;
  /** Whether the first packet begins a TCP connection. */
  readonly opens: boolean;
  /** The first packet: when, in microseconds since the Unix epoch, and what it was, as far as it was kept. */
  readonly firstUs: number;
  readonly packet: Uint8Array;
  packets: number;
  bytes: number;
}

/** Adds up dropped packets by flow and rule, up to a number of sums: what a flood of drops has too many of is counted only. */
export class DropSums {
  readonly #most: number;
  #sums = new Map<string, DropSum>();
  /** Packets that found no place, since the start. */
  rateLimited = 0;

  /** @param most sums between two hand-overs */
  constructor(most: number) {
    this.#most = most;
  }

  add(logged: LoggedPacket, flow: DroppedFlow, timeUs: number): void {
    const key = keyOf(logged, flow.tuple);
    const known = this.#sums.get(key);
    if (known !== undefined) {
      known.packets++;
      known.bytes += flow.bytes;
      return;
    }
    if (this.#sums.size >= this.#most) {
      this.rateLimited++;
      return;
    }
    const tuple = emptyTuple();
    copyTuple(flow.tuple, tuple);
    const { group, prefix, inInterface, outInterface, packet } = logged;
    const opens = flow.initialSequence !== undefined;
    const first = { opens, firstUs: timeUs, packet, packets: 1, bytes: flow.bytes };
    this.#sums.set(key, { group, prefix, inInterface, outInterface, tuple, ...first });
  }

  take(): DropSum[] {
    const taken = [...this.#sums.values()];
    this.#sums = new Map();
    return taken;
  }
}

function keyOf({ group, prefix, inInterface, outInterface }: LoggedPacket, tuple: Tuple): string {
  const { protocol, source, sourcePort, destination, destinationPort } = tuple;
  const ends = `${text(source)} ${sourcePort} ${text(destination)} ${destinationPort}`;
  return `${group} ${inInterface} ${outInterface} ${protocol} ${ends} ${prefix}`;
}

function text(address: Uint8Array): string {
  return Buffer.from(address.buffer, address.byteOffset, address.length).toString("latin1");
}
