import {
  type BatchHeader,
  type CompletenessColumns,
  type DnsColumns,
  type DropColumns,
  encodeCompleteness,
  encodeDns,
  encodeDrops,
  encodeHops,
  encodeNodeState,
  type HopColumns,
  type SentNodeState,
  StringColumnBuilder,
} from "@hopline/batch";
import type { Spool } from "../delivery/spool.js";
import { sliceHops } from "./slice-columns.js";

/** A batch stays small enough for one insert and for one request's body. */
const MAX_ROWS = 65_536;

export interface BatchWriterOptions {
  readonly spool: Spool;
  readonly node: string;
  readonly bootId: string;
  readonly agentVersion: string;
}

/** Counters since the start, all monotonic. */
export interface BatchCounters {
  batches: number;
  rows: number;
  bytes: number;
}

/** Gives batches their numbers, encodes them and puts them into the spool, one after another. */
export class BatchWriter {
  readonly counters: BatchCounters = { batches: 0, rows: 0, bytes: 0 };
  readonly #options: BatchWriterOptions;
  #sequence = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  writeHops(columns: HopColumns): void {
    for (let start = 0; start < columns.count; start += MAX_ROWS) {
      const end = Math.min(start + MAX_ROWS, columns.count);
      const part = start === 0 && end === columns.count ? columns : sliceHops(columns, start, end);
      this.#write(part.count, (header) => encodeHops(header, part));
    }
  }

  /** @param columns of one batch. */
  writeDns(columns: DnsColumns): void {
    this.#write(columns.count, (header) => encodeDns(header, columns));
  }

  /** @param columns of one batch. */
  writeDrops(columns: DropColumns): void {
    this.#write(columns.count, (header) => encodeDrops(header, columns));
  }

  /** @param columns of windows of which all rows have been written. */
  writeCompleteness(columns: CompletenessColumns): void {
    this.#write(columns.count, (header) => encodeCompleteness(header, columns), true);
  }

  writeNodeState(readAtMs: number, state: SentNodeState): void {
    const states = new StringColumnBuilder(1);
    states.set(0, JSON.stringify(state));
    const columns = { count: 1, read_at: Float64Array.of(readAtMs), state: states.finish() };
    this.#write(1, (header) => encodeNodeState(header, columns));
  }

  /** Settles when all that was written before is in the spool. */
  settled(): Promise<void> {
    return this.#writing;
  }

  #write(rows: number, encode: (header: Omit<BatchHeader, "kind">) => Uint8Array, isLast = false): void {
    const { spool, node, bootId, agentVersion } = this.#options;
    const sequence = ++this.#sequence;
    const bytes = encode({ node, bootId, sequence, agentVersion });
    this.counters.batches++;
    this.counters.rows += rows;
    this.counters.bytes += bytes.length;
    this.#writing = this.#writing.then(() => spool.put(sequence, bytes, isLast));
  }
}
