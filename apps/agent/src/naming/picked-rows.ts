import { ADDRESS_BYTES } from "@hopline/packet";

type NumberColumn = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** The elements of a column at `picked`, in that order; the column itself where that is all of it. */
export function pickNumbers<Column extends NumberColumn>(column: Column, picked: Uint32Array): Column {
  if (isAll(column.length, picked)) return column;
  const gathered = column.slice(0, picked.length) as Column;
  for (let index = 0; index < picked.length; index++) gathered[index] = column[picked[index]!]!;
  return gathered;
}

/** The same for a column of 16-byte addresses. */
export function pickAddresses(column: Uint8Array, picked: Uint32Array): Uint8Array {
  if (isAll(column.length / ADDRESS_BYTES, picked)) return column;
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

/** Picked rows ascend without repetition, so that as many as there are, are all. */
function isAll(count: number, picked: Uint32Array): boolean {
  return picked.length === count;
}
