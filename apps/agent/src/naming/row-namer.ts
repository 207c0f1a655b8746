import type { HopColumns } from "@hopline/batch";
import { DIRECTION_INGRESS } from "@hopline/capture";
import {
  copyAddress,
  copyReversed,
  copyTuple,
  emptyFound,
  emptyTuple,
  type Translation,
  type TranslationTable,
} from "@hopline/conntrack";
import { type HopRows, INITIATOR_SOURCE, INITIATOR_UNKNOWN, ROW_FIRST } from "@hopline/flow";
import { ADDRESS_BYTES, isIpv4 } from "@hopline/packet";
import type { Role, Topology } from "@hopline/topology";
import type { DropMemory } from "../drops/drop-memory.js";
import { isSourceInitiator } from "./initiator.js";
import type { InterfaceDirectory, InterfaceLabel } from "./interface-directory.js";
import { columnsOf, NamedColumns } from "./named-columns.js";

export interface RowNamerOptions {
  readonly translations: TranslationTable;
  readonly topology: Topology;
  readonly interfaces: InterfaceDirectory;
  /** Roles whose rows are wanted, of interfaces that were captured before they were known. */
  readonly roles: ReadonlySet<Role>;
  /** Flows that were dropped before conntrack had confirmed them. Without it, none. */
  readonly drops?: Pick<DropMemory, "explain">;
  /** Called before each look: what was dropped before these rows were made is to be known. */
  readonly readDrops?: () => void;
}

/** What rows may still wait for, because it may be known any moment. */
export interface Patience {
  /** First rows of connections that conntrack has not told of. */
  readonly conntrack: boolean;
  /** Rows of interfaces that the kernel has not described yet. */
  readonly interfaces: boolean;
}

export interface NamedRows {
  readonly columns: HopColumns;
  /** Rows that were left out, to wait. */
  readonly waiting: Uint32Array;
}

type InitiatorBy = "conntrack" | "handshake" | "ports";

/** Counters since the start, all monotonic: how rows got their names. */
export interface NamingCounters {
  readonly byTranslation: Record<Translation | "untracked", number>;
  readonly byInitiator: Record<InitiatorBy, number>;
  /** Rows left out: they came from new interfaces whose role is not captured. */
  unwanted: number;
}

/**
 * Turns what the flow table counted into what a batch holds: each row's connection by the tuple that its server sees
 * (decision 2), its direction within it, and its interface's name and role.
 */
export class RowNamer {
  readonly counters: NamingCounters = {
    byTranslation: { none: 0, dnat: 0, snat: 0, "dnat+snat": 0, untracked: 0 },
    byInitiator: { conntrack: 0, handshake: 0, ports: 0 },
    unwanted: 0,
  };
  readonly #options: RowNamerOptions;
  readonly #seen = emptyTuple();
  readonly #found = emptyFound();

  constructor(options: RowNamerOptions) {
    this.#options = options;
  }

  /**
   * @param which rows to name, in order.
   * @param patience what to leave out for now
   */
  name(rows: HopRows, which: Uint32Array, patience: Patience): NamedRows {
    this.#options.readDrops?.();
    const named = new NamedColumns(which.length);
    const picked = new Uint32Array(which.length);
    const waiting: number[] = [];
    const labels = new Map<number, InterfaceLabel>();
    const { interfaces, roles } = this.#options;
    for (const row of which) {
      const index = rows.interfaceIndexes[row]!;
      if (patience.interfaces && !interfaces.isKnown(index)) {
        waiting.push(row);
        continue;
      }
      if (interfaces.isUnwanted(index, rows.firstUs[row]!, roles)) {
        this.counters.unwanted++;
        continue;
      }
      this.#readSeen(rows, row);
      const tracked = this.#find(rows.firstUs[row]!, rows.lastUs[row]!);
      if (!tracked && patience.conntrack && (rows.rowFlags[row]! & ROW_FIRST) !== 0) {
        waiting.push(row);
        continue;
      }
      const by = this.#decideInitiator(rows.initiators[row]!, tracked);
      const translation = tracked ? this.#found.translation : "untracked";
      this.counters.byTranslation[translation]++;
      this.counters.byInitiator[by]++;
      picked[named.count] = row;
      const label = this.#labelOf(rows, row, labels);
      const attached = this.#attachedAddress(rows, row, label);
      named.add(this.#seen.protocol, this.#found, translation, by, label, attached);
    }
    return {
      columns: columnsOf(rows, picked.subarray(0, named.count), named),
      waiting: Uint32Array.from(waiting),
    };
  }

  #find(firstUs: number, lastUs: number): boolean {
    const { translations, drops } = this.#options;
    if (translations.find(this.#seen, firstUs, lastUs, this.#found)) return true;
    const isDropped = drops?.explain(this.#seen, firstUs, lastUs) === true;
    return isDropped && translations.find(this.#seen, firstUs, lastUs, this.#found);
  }

  #readSeen(rows: HopRows, row: number): void {
    const seen = this.#seen;
    seen.protocol = rows.protocols[row]!;
    copyAddress(rows.sourceAddresses, row * ADDRESS_BYTES, seen.source, 0);
    copyAddress(rows.destinationAddresses, row * ADDRESS_BYTES, seen.destination, 0);
    seen.sourcePort = rows.sourcePorts[row]!;
    seen.destinationPort = rows.destinationPorts[row]!;
  }

  /**
   * Leaves in `#found` the connection as its initiator began it. An untranslated entry may have been made in the middle
   * of a connection, by a packet of the server's: a handshake that was seen is the better witness.
   */
  #decideInitiator(initiator: number, tracked: boolean): InitiatorBy {
    const found = this.#found;
    const isTranslated = tracked && found.translation !== "none";
    if (isTranslated || (tracked && initiator === INITIATOR_UNKNOWN)) return "conntrack";
    const fromSource =
      initiator === INITIATOR_UNKNOWN ? isSourceInitiator(this.#seen) : initiator === INITIATOR_SOURCE;
    const agrees = tracked && found.isReply !== fromSource;
    found.isReply = !fromSource;
    if (fromSource) copyTuple(this.#seen, found.serverSeen);
    else copyReversed(this.#seen, found.serverSeen);
    copyTuple(found.serverSeen, found.original);
    if (agrees) return "conntrack";
    return initiator === INITIATOR_UNKNOWN ? "ports" : "handshake";
  }

  #labelOf(rows: HopRows, row: number, labels: Map<number, InterfaceLabel>): InterfaceLabel {
    const index = rows.interfaceIndexes[row]!;
    let label = labels.get(index);
    if (label === undefined) {
      label = this.#options.interfaces.labelOf(index);
      labels.set(index, label);
    }
    return label;
  }

  #attachedAddress(rows: HopRows, row: number, label: InterfaceLabel): Uint8Array | undefined {
    if (label.role !== "pod") return undefined;
    const { topology } = this.#options;
    const offset = row * ADDRESS_BYTES;
    if (rows.directions[row] === DIRECTION_INGRESS) topology.learn(label.name, rows.sourceAddresses, offset);
    return topology.attachedAddress(label.name, isIpv4(rows.sourceAddresses, offset));
  }
}
