import { COMPLETENESS_COLUMNS, type DecodedBatch } from "@hopline/batch";
import type { CompletenessIdentityColumns } from "@hopline/store";
import type { Table } from "apache-arrow";
import { constantColumn } from "../naming/row-picks.js";
import { CheckedColumns } from "./checked-columns.js";
import { checkCounters, checkWindows } from "./hop-table.js";

export interface CompletenessTable {
  readonly table: Table;
  readonly count: number;
  readonly lastWindow: number;
  readonly identity: CompletenessIdentityColumns;
}

/** @throws Fault `BATCH_INVALID` */
export function readCompletenessTable(batch: DecodedBatch, nowMs: number): CompletenessTable {
  const columns = new CheckedColumns(batch.table, COMPLETENESS_COLUMNS);
  const { lastWindow } = checkWindows(columns.u32("window_start"), nowMs);
  checkCounters(columns, COMPLETENESS_COLUMNS);
  const { count, table } = columns;
  const { node, bootId, agentVersion } = batch.header;
  return {
    table,
    count,
    lastWindow,
    identity: {
      count,
      node: constantColumn(node, count),
      boot_id: constantColumn(bootId, count),
      agent_version: constantColumn(agentVersion, count),
    },
  };
}
