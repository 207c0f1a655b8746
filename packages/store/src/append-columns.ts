import {
  type ColumnArrays,
  type ColumnKind,
  type ColumnSpec,
  type ColumnsOf,
  toVector,
} from "@hopline/batch";
import { Table, tableToIPC, type Vector } from "apache-arrow";

/**
 * An agent's decoded batch with the collector's columns beside it, as the bytes that the store takes: no row is copied
 * one by one.
 *
 * @param table as `decodeBatch` gives it, or any selection of its rows.
 * @throws RangeError where `columns` do not have as many rows as the table.
 */
export function appendColumns<Spec extends ColumnSpec>(
  table: Table,
  spec: Spec,
  columns: ColumnsOf<Spec>,
): Uint8Array {
  if (columns.count !== table.numRows)
    throw new RangeError(`${columns.count} rows of new columns for ${table.numRows} rows`);
  const added: Record<string, Vector> = {};
  for (const [name, kind] of Object.entries(spec)) {
    const column = (columns as Record<string, unknown>)[name] as ColumnArrays[ColumnKind];
    added[name] = toVector(kind, column, columns.count);
  }
  return tableToIPC(table.assign(new Table(added)), "stream");
}
