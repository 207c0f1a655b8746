import { Table, type Vector } from "apache-arrow";
import { type ColumnArrays, type ColumnKind, toVector } from "./columns.js";
import { ADDED_HOP_COLUMNS, HOP_COLUMNS } from "./hop-batch.js";

/** Hop rows of an earlier agent's, or of an earlier collector's journal: the columns that they lack hold what says nothing. */
export function completeHops(table: Table): Table {
  const present = new Set(table.schema.fields.map(({ name }) => name));
  const added: Record<string, Vector> = {};
  for (const [name, kind] of Object.entries(HOP_COLUMNS)) {
    const value = ADDED_HOP_COLUMNS.get(name);
    if (value === undefined || present.has(name)) continue;
    added[name] = toVector(kind, constant(kind, value, table.numRows), table.numRows);
  }
  return Object.keys(added).length === 0 ? table : table.assign(new Table(added));
}

function constant(kind: ColumnKind, value: number | string, count: number): ColumnArrays[ColumnKind] {
  switch (kind) {
    case "string":
      return { values: [String(value)], indexes: new Uint16Array(count) };
    case "addr":
      return new Uint8Array(count * 16);
    case "u64":
      return new Uint32Array(count * 2);
    case "u8":
      return new Uint8Array(count).fill(Number(value));
    case "u16":
      return new Uint16Array(count).fill(Number(value));
    case "u32":
      return new Uint32Array(count).fill(Number(value));
    case "i8":
      return new Int8Array(count).fill(Number(value));
    case "i32":
      return new Int32Array(count).fill(Number(value));
    case "f64":
      return new Float64Array(count).fill(Number(value));
  }
}
