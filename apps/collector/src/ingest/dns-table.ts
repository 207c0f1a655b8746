import { type BatchHeader, type DecodedBatch, DNS_COLUMNS, type StringColumn } from "@hopline/batch";
import type { Table } from "apache-arrow";
import { batchFault, CheckedColumns } from "./checked-columns.js";
import { checkCounters, checkRowCount, checkWindows } from "./hop-table.js";

/** A `dns` batch whose every column was checked, with views over those that naming reads. */
export interface DnsTable {
  readonly header: BatchHeader;
  /** All of DNS_COLUMNS and nothing else. */
  readonly table: Table;
  readonly count: number;
  /** Unix seconds. */
  readonly windowStarts: Uint32Array;
  readonly roles: StringColumn;
  readonly directions: Uint8Array;
  readonly protocols: Uint8Array;
  /** 16 bytes each, row after row. */
  readonly attachedAddresses: Uint8Array;
  readonly clientAddresses: Uint8Array;
  readonly serverAddresses: Uint8Array;
  readonly serverPorts: Uint16Array;
  readonly names: StringColumn;
  readonly types: Uint16Array;
}

/**
 * @param nowMs the collector's clock, milliseconds since the Unix epoch.
 * @throws Fault `BATCH_INVALID`
 */
export function readDnsTable(batch: DecodedBatch, nowMs: number): DnsTable {
  const columns = new CheckedColumns(batch.table, DNS_COLUMNS);
  checkRowCount(columns.count);
  const windowStarts = columns.u32("window_start");
  checkWindows(windowStarts, nowMs);
  checkCounters(columns, DNS_COLUMNS);
  const directions = columns.u8("direction");
  for (let row = 0; row < columns.count; row++) {
    if ((directions[row] as number) > 2) throw batchFault("direction", row, "it is none of 0, 1, 2");
  }
  return {
    header: batch.header,
    table: columns.table,
    count: columns.count,
    windowStarts,
    roles: columns.strings("role"),
    directions,
    protocols: columns.u8("protocol"),
    attachedAddresses: columns.addresses("attached_address"),
    clientAddresses: columns.addresses("client_address"),
    serverAddresses: columns.addresses("server_address"),
    serverPorts: columns.u16("server_port"),
    names: columns.strings("name"),
    types: columns.u16("type"),
  };
}
