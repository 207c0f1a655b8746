import {
  type BatchHeader,
  type ColumnSpec,
  type DecodedBatch,
  HOP_COLUMNS,
  type StringColumn,
} from "@hopline/batch";
import { Fault } from "@hopline/fault";
import type { Table } from "apache-arrow";
import { batchFault, CheckedColumns } from "./checked-columns.js";

/**
 * A `hops` batch whose every column was checked, with views over those columns that naming reads. No row is an object:
 * addresses are 16 bytes each, row after row.
 */
export interface HopTable {
  readonly header: BatchHeader;
  /** All of HOP_COLUMNS and nothing else. */
  readonly table: Table;
  readonly count: number;
  readonly connectionIds: BigUint64Array;
  readonly isReply: Uint8Array;
  readonly windowStarts: Uint32Array;
  readonly roles: StringColumn;
  readonly translations: StringColumn;
  readonly initiatorsBy: StringColumn;
  readonly directions: Uint8Array;
  readonly attachedAddresses: Uint8Array;
  readonly protocols: Uint8Array;
  readonly clientAddresses: Uint8Array;
  readonly clientPorts: Uint16Array;
  readonly serverAddresses: Uint8Array;
  readonly serverPorts: Uint16Array;
  readonly originalClientAddresses: Uint8Array;
  readonly originalClientPorts: Uint16Array;
  readonly originalServerAddresses: Uint8Array;
  readonly originalServerPorts: Uint16Array;
  readonly firstSeenUs: Float64Array;
  /** Earliest and latest window of all rows, Unix seconds; 0 where there are none. */
  readonly firstWindow: number;
  readonly lastWindow: number;
}

/** ClickHouse cuts the table by hours, and takes a hundred of them in one INSERT. */
export const MAX_SPAN_SECONDS = 48 * 3600;
/** 2000-01-01: earlier times are a clock that was never set. */
const EARLIEST_SECONDS = 946_684_800;
/** How far an agent's clock may be ahead of ours. */
export const MAX_AHEAD_SECONDS = 86_400;
const WINDOW_SECONDS = 10;

/** What a dictionary column's 16-bit indexes, of the batch's own columns and of those that naming adds, are sure to hold. */
export const MAX_ROWS = 65_536;

/** Where -1 stands for "not measured", and where a late arrival takes back what an earlier row counted. */
const LEAST: Readonly<Record<string, number>> = {
  handshake_us: -1,
  gap_bytes: Number.NEGATIVE_INFINITY,
};

/**
 * @param nowMs the collector's clock, milliseconds since the Unix epoch.
 * @throws Fault `BATCH_INVALID` for columns that are shorter than they say, point outside their dictionaries, or hold
 *   what no agent could have measured: such a batch must not come near the engine in this process.
 */
export function readHopTable(batch: DecodedBatch, nowMs: number): HopTable {
  const columns = new CheckedColumns(batch.table, HOP_COLUMNS);
  const { count } = columns;
  checkRowCount(count);
  const windowStarts = columns.u32("window_start");
  const { firstWindow, lastWindow } = checkWindows(windowStarts, nowMs);
  checkCounters(columns, HOP_COLUMNS);
  checkTimes(columns, nowMs);
  const isReply = columns.u8("is_reply");
  const directions = columns.u8("direction");
  for (let row = 0; row < count; row++) {
    if ((isReply[row] as number) > 1) throw batchFault("is_reply", row, "it is neither 0 nor 1");
    if ((directions[row] as number) > 2) throw batchFault("direction", row, "it is none of 0, 1, 2");
  }
  return {
    header: batch.header,
    table: columns.table,
    count,
    connectionIds: columns.u64("connection_id"),
    isReply,
    windowStarts,
    roles: columns.strings("role"),
    translations: columns.strings("translation"),
    initiatorsBy: columns.strings("initiator_by"),
    directions,
    attachedAddresses: columns.addresses("attached_address"),
    protocols: columns.u8("protocol"),
    clientAddresses: columns.addresses("client_address"),
    clientPorts: columns.u16("client_port"),
    serverAddresses: columns.addresses("server_address"),
    serverPorts: columns.u16("server_port"),
    originalClientAddresses: columns.addresses("original_client_address"),
    originalClientPorts: columns.u16("original_client_port"),
    originalServerAddresses: columns.addresses("original_server_address"),
    originalServerPorts: columns.u16("original_server_port"),
    firstSeenUs: columns.f64("first_seen_us"),
    firstWindow,
    lastWindow,
  };
}

/** @throws Fault `BATCH_INVALID` for more rows than dictionary columns can tell apart. */
export function checkRowCount(count: number): void {
  if (count <= MAX_ROWS) return;
  throw new Fault({
    code: "BATCH_INVALID",
    message: `The batch has ${count} rows, more than ${MAX_ROWS}.`,
    hint: "Cut it into smaller ones.",
  });
}

/** Checks windows of any kind of batch. */
export function checkWindows(
  windowStarts: Uint32Array,
  nowMs: number,
): Pick<HopTable, "firstWindow" | "lastWindow"> {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (let row = 0; row < windowStarts.length; row++) {
    const start = windowStarts[row] as number;
    if (start % WINDOW_SECONDS !== 0) throw batchFault("window_start", row, "it is no multiple of 10");
    if (start < first) first = start;
    if (start > last) last = start;
  }
  if (windowStarts.length === 0) return { firstWindow: 0, lastWindow: 0 };
  if (first < EARLIEST_SECONDS) throw batchFault("window_start", undefined, "a window lies before 2000");
  if (last > nowMs / 1000 + MAX_AHEAD_SECONDS) {
    throw batchFault(
      "window_start",
      undefined,
      "a window lies more than a day ahead of the collector's clock",
    );
  }
  if (last - first > MAX_SPAN_SECONDS)
    throw batchFault("window_start", undefined, "its windows span over 48 hours");
  return { firstWindow: first, lastWindow: last };
}

/** Every `f64` column is a counter or a time: finite, and not negative but for the few that may be. */
export function checkCounters(columns: CheckedColumns, spec: ColumnSpec): void {
  for (const [name, kind] of Object.entries(spec)) {
    if (kind !== "f64") continue;
    const values = columns.f64(name);
    const least = LEAST[name] ?? 0;
    for (let row = 0; row < values.length; row++) {
      const value = values[row] as number;
      if (!(value >= least && Number.isFinite(value))) throw batchFault(name, row, "it is no count or time");
    }
  }
}

function checkTimes(columns: CheckedColumns, nowMs: number): void {
  const latestUs = (nowMs / 1000 + MAX_AHEAD_SECONDS) * 1e6;
  for (const name of ["first_seen_us", "last_seen_us"]) {
    const times = columns.f64(name);
    for (let row = 0; row < times.length; row++) {
      const time = times[row] as number;
      if (time < EARLIEST_SECONDS * 1e6 || time > latestUs)
        throw batchFault(name, row, "it is no time of now");
    }
  }
}
