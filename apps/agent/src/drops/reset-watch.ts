import type { HopColumns } from "@hopline/batch";
import { ADDRESS_BYTES, PROTOCOL_TCP } from "@hopline/packet";
import type { Rejection } from "./rejection-columns.js";
import { cameIn, HOLD_MS, isOpening, isReset, isUntracked, isWatched, wentOut } from "./rejection-signs.js";

/** Clients that are looked at at one time. */
const MOST_CLIENTS = 30_000;
/**
 * So long one of SYN and RST waits for the other: they are captured within a millisecond, but a report may be made between them,
 * and on a node that is short of time the next comes seconds later.
 */
const PAIR_MS = 6000;

export interface ResetWatchOptions {
  /** Whether all connections that the node's conntrack confirms are known. */
  readonly isTracking: () => boolean;
  /** Of conntrack's events, since the start. */
  readonly lostEvents: () => number;
  /** Whether an address, 16 bytes at `offset`, is the node's own. */
  readonly isOwnAddress: (addresses: Uint8Array, offset: number) => boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Called for each sign that came when there were enough already. */
  readonly onTooMany: () => void;
}

/** What a client's address and port was seen to do. */
interface Client {
  untilMs: number;
  readonly lostEvents: number;
  /** Its SYN came in. */
  beginning: { readonly columns: HopColumns; readonly row: number } | undefined;
  /** RSTs went out to it, by which interface. */
  reset: { readonly interfaceIndex: number; readonly packets: number } | undefined;
  /** Something of it left the node, or was answered from elsewhere. */
  hasPassed: boolean;
}

/**
 * Finds RSTs that the node made itself instead of passing a SYN on. That is said only where the SYN came in and is not seen to
 * leave, the RST goes out by the same interface and is not seen to come in anywhere, the server is not the node, and conntrack, which
 * is followed without loss, confirmed no connection: it confirms one as soon as its first packet is passed on or taken in.
 *
 * The client's address and port are what must be the same: a bridge that asks the firewall (br_netfilter) sends the RST from the
 * address behind a Service's translation, and a row whose translation nobody knows has another server than the SYN.
 */
export class ResetWatch {
  readonly #options: ResetWatchOptions;
  readonly #clients = new Map<string, Client>();

  constructor(options: ResetWatchOptions) {
    this.#options = options;
  }

  /** Clients that wait for a decision. */
  get size(): number {
    return this.#clients.size;
  }

  /** Looks at named rows. */
  take(columns: HopColumns): void {
    if (!this.#options.isTracking()) return;
    for (let row = 0; row < columns.count; row++) this.#note(columns, row);
    if (this.#clients.size > 0) this.#weigh(columns);
  }

  /** Those that have waited long enough; others are forgotten. */
  decide(nowMs: number): Rejection[] {
    const decided: Rejection[] = [];
    for (const [key, client] of this.#clients) {
      if (client.untilMs > nowMs) continue;
      this.#clients.delete(key);
      const { beginning, reset } = client;
      if (beginning === undefined || reset === undefined || !this.#isRejected(client)) continue;
      const { columns, row } = beginning;
      if (columns.interface_index[row] !== reset.interfaceIndex) continue;
      decided.push({ source: "rst", reason: "", packets: reset.packets, outInterface: "", columns, row });
    }
    return decided;
  }

  #isRejected({ hasPassed, lostEvents }: Client): boolean {
    return !hasPassed && this.#options.isTracking() && this.#options.lostEvents() === lostEvents;
  }

  #note(columns: HopColumns, row: number): void {
    const isBeginning = isOpening(columns, row) && cameIn(columns, row);
    if (!isBeginning && !(isReset(columns, row) && wentOut(columns, row))) return;
    if (!isWatched(columns, row) || !isUntracked(columns, row)) return;
    if (this.#options.isOwnAddress(columns.server_address, row * ADDRESS_BYTES)) return;
    const client = this.#clientOf(columns, row);
    if (client === undefined) return;
    if (isBeginning) client.beginning = { columns, row };
    else
      client.reset = {
        interfaceIndex: columns.interface_index[row]!,
        packets: columns.rst_packets[row]!,
      };
    const isPair = client.beginning !== undefined && client.reset !== undefined;
    client.untilMs = this.#options.nowMs() + (isPair ? HOLD_MS : PAIR_MS);
  }

  #clientOf(columns: HopColumns, row: number): Client | undefined {
    const key = keyOf(columns.client_address, columns.client_port, row);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    if (this.#clients.size >= MOST_CLIENTS) {
      this.#options.onTooMany();
      return undefined;
    }
    const lostEvents = this.#options.lostEvents();
    const client = { untilMs: 0, lostEvents, beginning: undefined, reset: undefined, hasPassed: false };
    this.#clients.set(key, client);
    return client;
  }

  /** What left the node, and answers that came into it: under the client's own address or that of its translation. */
  #weigh(columns: HopColumns): void {
    const {
      client_address: addresses,
      client_port: ports,
      original_client_address: originals,
      original_client_port: originalPorts,
    } = columns;
    for (let row = 0; row < columns.count; row++) {
      if (columns.protocol[row] !== PROTOCOL_TCP) continue;
      const isPassing = columns.is_reply[row] === 0 ? wentOut(columns, row) : cameIn(columns, row);
      if (!isPassing) continue;
      const clients = [keyOf(addresses, ports, row), keyOf(originals, originalPorts, row)];
      for (const key of clients) {
        const client = this.#clients.get(key);
        if (client !== undefined) client.hasPassed = true;
      }
    }
  }
}

function keyOf(addresses: Uint8Array, ports: Uint16Array, row: number): string {
  const { buffer, byteOffset } = addresses;
  return Buffer.from(buffer, byteOffset + row * ADDRESS_BYTES, ADDRESS_BYTES).toString("latin1") + ports[row];
}
