import { ADDRESS_BYTES } from "@hopline/packet";

type NumberColumn = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int32Array | Float64Array;

/** Rows of column arrays, which may be longer than their `count`. */
export interface PickedRows {
  /** How many rows there are to pick from. */
  readonly count: number;
  /** Row numbers, ascending without repetition. */
  readonly rows: Uint32Array;
}

/** The elements of a column at `picked`, in that order; the column itself, with what lies behind, where that is every row. */
export function pickNumbers<Column extends NumberColumn>(
  column: Column,
  { count, rows: picked }: PickedRows,
): Column {
  if (picked.length === count) return column;
  const gathered = column.slice(0, picked.length) as Column;
  for (let index = 0; index < picked.length; index++) gathered[index] = column[picked[index]!]!;
  return gathered;
}

/** The same for a column of 16-byte addresses. */
export function pickAddresses(column: Uint8Array, { count, rows: picked }: PickedRows): Uint8Array {
  if (picked.length === count) return column;
  const gathered = new Uint8Array(picked.length * ADDRESS_BYTES);
  for (let index = 0; index < picked.length; index++) {
    const from = picked[index]! * ADDRESS_BYTES;
    gathered.set(column.subarray(from, from + ADDRESS_BYTES), index * ADDRESS_BYTES);
  }
  return gathered;
}

/** Row numbers 0 to `count` - 1. */
export function allRows(count: number): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}
