import {
  type Data,
  type DataType,
  Dictionary,
  FixedSizeBinary,
  Float64,
  Int8,
  Int32,
  makeData,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";

/** A column of few distinct strings: `values[indexes[row]]`. */
export interface StringColumn {
  readonly values: readonly string[];
  readonly indexes: Uint16Array;
}

/** How one column stands in Arrow. `addr` is 16 bytes a row; `u64` two 32-bit words a row, low first. */
export type ColumnKind = "u8" | "u16" | "u32" | "i8" | "i32" | "u64" | "f64" | "addr" | "string";

export interface ColumnArrays {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  i8: Int8Array;
  i32: Int32Array;
  u64: Uint32Array;
  f64: Float64Array;
  addr: Uint8Array;
  string: StringColumn;
}

/** Name to kind, in the order of the columns. Names are those of the store's tables. */
export type ColumnSpec = Readonly<Record<string, ColumnKind>>;

/** The arrays that belong to a spec. */
export type ColumnsOf<Spec extends ColumnSpec> = { readonly count: number } & {
  readonly [Name in keyof Spec]: ColumnArrays[Spec[Name]];
};

const ADDRESS_BYTES = 16;

/** Wraps one column, without copying numbers, as an Arrow vector of `count` rows. */
export function toVector(kind: ColumnKind, column: ColumnArrays[ColumnKind], count: number): Vector {
  if (kind === "string") return stringVector(column as StringColumn, count);
  return new Vector([numberData(kind, column as Exclude<ColumnArrays[ColumnKind], StringColumn>, count)]);
}

/** A dictionary column: the strings once, a 16-bit index a row. */
export function stringVector(column: StringColumn, count: number): Vector {
  const dictionary = vectorFromArray(column.values.length === 0 ? [""] : [...column.values], new Utf8());
  const type = new Dictionary(new Utf8(), new Uint16());
  return new Vector([
    makeData({ type, length: count, nullCount: 0, data: column.indexes.subarray(0, count), dictionary }),
  ]);
}

function numberData(
  kind: Exclude<ColumnKind, "string">,
  array: Exclude<ColumnArrays[ColumnKind], StringColumn>,
  count: number,
): Data<DataType> {
  const common = { length: count, nullCount: 0 };
  switch (kind) {
    case "u8":
      return makeData({ ...common, type: new Uint8(), data: array.subarray(0, count) as Uint8Array });
    case "u16":
      return makeData({ ...common, type: new Uint16(), data: array.subarray(0, count) as Uint16Array });
    case "u32":
      return makeData({ ...common, type: new Uint32(), data: array.subarray(0, count) as Uint32Array });
    case "i8":
      return makeData({ ...common, type: new Int8(), data: array.subarray(0, count) as Int8Array });
    case "i32":
      return makeData({ ...common, type: new Int32(), data: array.subarray(0, count) as Int32Array });
    case "f64":
      return makeData({ ...common, type: new Float64(), data: array.subarray(0, count) as Float64Array });
    case "u64": {
      const words = array as Uint32Array;
      const data = new BigUint64Array(words.buffer, words.byteOffset, count) as BigUint64Array<ArrayBuffer>;
      return makeData({ ...common, type: new Uint64(), data });
    }
    case "addr":
      return makeData({
        ...common,
        type: new FixedSizeBinary(ADDRESS_BYTES),
        data: array.subarray(0, count * ADDRESS_BYTES) as Uint8Array,
      });
  }
}

/** Collects the distinct strings of a column while its rows are written. */
export class StringColumnBuilder {
  readonly #indexOf = new Map<string, number>();
  readonly #values: string[] = [];
  readonly #indexes: Uint16Array;

  constructor(count: number) {
    this.#indexes = new Uint16Array(count);
  }

  set(row: number, value: string): void {
    let index = this.#indexOf.get(value);
    if (index === undefined) {
      index = this.#values.length;
      this.#indexOf.set(value, index);
      this.#values.push(value);
    }
    this.#indexes[row] = index;
  }

  /** @throws RangeError where there were more than 65,536 distinct values: the caller cuts its batches smaller. */
  finish(): StringColumn {
    if (this.#values.length > 0x1_0000)
      throw new RangeError(`a dictionary column took ${this.#values.length} values`);
    return { values: this.#values, indexes: this.#indexes };
  }
}
