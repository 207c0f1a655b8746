import { type BatchHeader, type DecodedBatch, DROP_COLUMNS, type StringColumn } from "@hopline/batch";
import { type DropPrefix, parseDropPrefix } from "@hopline/policy";
import type { Table } from "apache-arrow";
import { batchFault, CheckedColumns } from "./checked-columns.js";
import { pickRows } from "./combine-tables.js";
import { checkCounters, checkRowCount, checkWindows } from "./hop-table.js";

/** A `drops` batch whose every column was checked, without what is no drop, with views over the columns that naming reads. */
export interface DropTable {
  readonly header: BatchHeader;
  /** All of DROP_COLUMNS and nothing else. */
  readonly table: Table;
  readonly count: number;
  readonly connectionIds: BigUint64Array;
  readonly isReply: Uint8Array;
  /** Unix seconds. */
  readonly windowStarts: Uint32Array;
  /** Microseconds since the Unix epoch. */
  readonly droppedUs: Float64Array;
  readonly protocols: Uint8Array;
  readonly translations: StringColumn;
  readonly initiatorsBy: StringColumn;
  /** Addresses are 16 bytes each, row after row. */
  readonly clientAddresses: Uint8Array;
  readonly clientPorts: Uint16Array;
  readonly serverAddresses: Uint8Array;
  readonly serverPorts: Uint16Array;
  readonly originalClientAddresses: Uint8Array;
  readonly originalClientPorts: Uint16Array;
  readonly originalServerAddresses: Uint8Array;
  readonly originalServerPorts: Uint16Array;
  /** What each row's rule says of itself; undefined for evidence that is no rule's. */
  readonly prefixes: readonly (DropPrefix | undefined)[];
  /** Rows that were left out: their rule let the packet pass, or does not say that it drops. */
  readonly notDrops: number;
  /** Earliest and latest window of the whole batch, Unix seconds. */
  readonly firstWindow: number;
  readonly lastWindow: number;
}

const SOURCES: ReadonlySet<string> = new Set(["nflog", "icmp", "rst", "kernel"]);

/**
 * @param nowMs the collector's clock, milliseconds since the Unix epoch.
 * @throws Fault `BATCH_INVALID`
 */
export function readDropTable(batch: DecodedBatch, nowMs: number): DropTable {
  const all = new CheckedColumns(batch.table, DROP_COLUMNS);
  checkRowCount(all.count);
  const { firstWindow, lastWindow } = checkWindows(all.u32("window_start"), nowMs);
  checkCounters(all, DROP_COLUMNS);
  const read = readPrefixes(all);
  const dropped = [...read.keys()].filter((row) => isDrop(read[row]));
  const table = pickRows(all.table, DROP_COLUMNS, dropped);
  const columns = new CheckedColumns(table, DROP_COLUMNS);
  return {
    header: batch.header,
    table: columns.table,
    count: columns.count,
    connectionIds: columns.u64("connection_id"),
    isReply: columns.u8("is_reply"),
    windowStarts: columns.u32("window_start"),
    droppedUs: columns.f64("dropped_us"),
    protocols: columns.u8("protocol"),
    translations: columns.strings("translation"),
    initiatorsBy: columns.strings("initiator_by"),
    clientAddresses: columns.addresses("client_address"),
    clientPorts: columns.u16("client_port"),
    serverAddresses: columns.addresses("server_address"),
    serverPorts: columns.u16("server_port"),
    originalClientAddresses: columns.addresses("original_client_address"),
    originalClientPorts: columns.u16("original_client_port"),
    originalServerAddresses: columns.addresses("original_server_address"),
    originalServerPorts: columns.u16("original_server_port"),
    prefixes: dropped.map((row) => read[row]),
    notDrops: all.count - columns.count,
    firstWindow,
    lastWindow,
  };
}

/** Only a rule can be one that lets pass. */
function isDrop(prefix: DropPrefix | undefined): boolean {
  return prefix === undefined || prefix.action === "deny";
}

function readPrefixes(columns: CheckedColumns): (DropPrefix | undefined)[] {
  const sources = columns.strings("source");
  const prefixes = columns.strings("prefix");
  const groups = columns.u16("group");
  const isReply = columns.u8("is_reply");
  const times = columns.f64("dropped_us");
  const windows = columns.u32("window_start");
  const known = new Map<string, DropPrefix>();
  const read: (DropPrefix | undefined)[] = [];
  for (let row = 0; row < columns.count; row++) {
    const source = sources.values[sources.indexes[row] as number] as string;
    if (!SOURCES.has(source)) throw batchFault("source", row, "it is none of nflog, icmp, rst, kernel");
    if ((isReply[row] as number) > 1) throw batchFault("is_reply", row, "it is neither 0 nor 1");
    const windowUs = (windows[row] as number) * 1e6;
    if ((times[row] as number) < windowUs || (times[row] as number) >= windowUs + WINDOW_US)
      throw batchFault("dropped_us", row, "it is not within its window");
    if (source !== "nflog") {
      read.push(undefined);
      continue;
    }
    const group = groups[row] as number;
    const text = prefixes.values[prefixes.indexes[row] as number] as string;
    const key = `${group} ${text}`;
    const prefix = known.get(key) ?? parseDropPrefix(text, group);
    known.set(key, prefix);
    read.push(prefix);
  }
  return read;
}

const WINDOW_US = 10e6;
