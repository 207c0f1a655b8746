import {
  type ColumnKind,
  type ColumnSpec,
  type ColumnsOf,
  StringColumnBuilder,
  toVector,
} from "@hopline/batch";
import { Table, type Vector } from "apache-arrow";

/** A table with further columns beside its own. Each has `table.numRows` rows. */
export function withColumns<Spec extends ColumnSpec>(
  table: Table,
  spec: Spec,
  columns: ColumnsOf<Spec>,
): Table {
  const vectors: Record<string, Vector> = {};
  for (const { name } of table.schema.fields) {
    const vector = table.getChild(name);
    if (vector !== null) vectors[name] = vector;
  }
  for (const [name, kind] of Object.entries(spec)) {
    const column: Parameters<typeof toVector>[1] | undefined = columns[name];
    if (column !== undefined) vectors[name] = toVector(kind, column, columns.count);
  }
  return new Table(vectors);
}

/**
 * The rows of several tables of one spec as one table of one record batch, so that ClickHouse takes them as one block.
 * Column by column; dictionaries are joined. At most 65,536 rows.
 */
export function stackTables(tables: readonly Table[], spec: ColumnSpec): Table {
  const [only] = tables;
  if (only !== undefined && tables.length === 1) return only;
  const count = tables.reduce((sum, table) => sum + table.numRows, 0);
  const vectors: Record<string, Vector> = {};
  for (const [name, kind] of Object.entries(spec)) {
    const parts = tables.map((table) => {
      const vector = table.getChild(name);
      if (vector === null) throw new RangeError(`a table without the column ${name}`);
      return vector;
    });
    vectors[name] = kind === "string" ? stackStrings(parts, count) : stackNumbers(kind, parts, count);
  }
  return new Table(vectors);
}

/** Some rows of a table of one record batch, in the order given. */
export function pickRows(table: Table, spec: ColumnSpec, rows: readonly number[]): Table {
  if (rows.length === table.numRows) return table;
  const vectors: Record<string, Vector> = {};
  for (const [name, kind] of Object.entries(spec)) {
    const vector = table.getChild(name);
    const values: unknown = vector?.data[0]?.values;
    if (vector === null || !ArrayBuffer.isView(values)) continue;
    if (kind === "string") {
      const builder = new StringColumnBuilder(rows.length);
      for (const [to, row] of rows.entries()) builder.set(to, String(vector.get(row)));
      vectors[name] = toVector("string", builder.finish(), rows.length);
      continue;
    }
    const width = BYTES_PER_ROW[kind];
    const from = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const bytes = new Uint8Array(rows.length * width);
    for (const [to, row] of rows.entries())
      bytes.set(from.subarray(row * width, (row + 1) * width), to * width);
    vectors[name] = toVector(kind, numbersOver(kind, bytes), rows.length);
  }
  return new Table(vectors);
}

function stackStrings(parts: readonly Vector[], count: number): Vector {
  const builder = new StringColumnBuilder(count);
  let row = 0;
  for (const part of parts) {
    const data = part.data[0];
    const dictionary = data?.dictionary;
    if (data === undefined || dictionary === undefined) continue;
    const values: string[] = Array.from(dictionary, String);
    const indexes: ArrayLike<number> = data.values;
    for (let index = 0; index < data.length; index++)
      builder.set(row++, values[indexes[index] as number] as string);
  }
  return toVector("string", builder.finish(), count);
}

/** Bytes behind one another, whatever they count: 16 for an address. */
function stackNumbers(kind: Exclude<ColumnKind, "string">, parts: readonly Vector[], count: number): Vector {
  const bytesPerRow = BYTES_PER_ROW[kind];
  const bytes = new Uint8Array(count * bytesPerRow);
  let offset = 0;
  for (const part of parts) {
    const data = part.data[0];
    const values: unknown = data?.values;
    if (data === undefined || !ArrayBuffer.isView(values)) continue;
    const length = data.length * bytesPerRow;
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, length), offset);
    offset += length;
  }
  return toVector(kind, numbersOver(kind, bytes), count);
}

const BYTES_PER_ROW: Readonly<Record<Exclude<ColumnKind, "string">, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  i8: 1,
  i32: 4,
  u64: 8,
  f64: 8,
  addr: 16,
};

/** Without copying: the array that packages/batch lays down for the kind. */
function numbersOver(kind: Exclude<ColumnKind, "string">, { buffer }: Uint8Array<ArrayBuffer>) {
  switch (kind) {
    case "u16":
      return new Uint16Array(buffer);
    case "u32":
    case "u64":
      return new Uint32Array(buffer);
    case "i8":
      return new Int8Array(buffer);
    case "i32":
      return new Int32Array(buffer);
    case "f64":
      return new Float64Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}
