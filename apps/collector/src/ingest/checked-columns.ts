import { type ColumnKind, type ColumnSpec, type StringColumn, stringVector } from "@hopline/batch";
import { Fault } from "@hopline/fault";
import { type Data, Table, type Vector } from "apache-arrow";

type NumberArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float64Array
  | BigUint64Array;

/** Length of a string in a dictionary: names of nodes, interfaces and roles are far shorter. */
const MAX_STRING_LENGTH = 1024;
const ADDRESS_BYTES = 16;

/**
 * The columns of a batch as arrays of exactly `count` rows (16 bytes a row for addresses), none of them null, dictionary
 * columns pointing inside their dictionaries. `decodeBatch` has seen to names and types; a lying length is found here.
 */
export class CheckedColumns {
  readonly count: number;
  /**
   * The spec's columns alone: what a newer agent sends besides is left out. Dictionaries are numbered anew; an agent's
   * own numbers would meet those of the columns that are put beside them.
   */
  readonly table: Table;
  readonly #numbers = new Map<string, NumberArray>();
  readonly #strings = new Map<string, StringColumn>();

  /** @throws Fault `BATCH_INVALID` */
  constructor(table: Table, spec: ColumnSpec) {
    this.count = table.numRows;
    if (table.batches.length > 1) {
      throw new Fault({
        code: "BATCH_INVALID",
        message: `The batch holds ${table.batches.length} Arrow record batches instead of one.`,
      });
    }
    const vectors: Record<string, Vector> = {};
    for (const [name, kind] of Object.entries(spec)) {
      const vector = table.getChild(name);
      const data = vector?.data[0];
      // Arrow gives no chunks where there are no rows.
      if (this.count === 0) continue;
      if (vector === null || data === undefined || data.length !== this.count || data.nullCount > 0)
        throw batchFault(name, undefined, "it has other than one value a row");
      if (kind === "string") {
        const column = checkedStrings(name, data, this.count);
        this.#strings.set(name, column);
        vectors[name] = stringVector(column, this.count);
      } else {
        this.#numbers.set(name, checkedNumbers(name, kind, data, this.count));
        vectors[name] = vector;
      }
    }
    this.table = new Table(vectors);
  }

  u8(name: string): Uint8Array {
    return this.#column(name, Uint8Array);
  }

  u16(name: string): Uint16Array {
    return this.#column(name, Uint16Array);
  }

  u32(name: string): Uint32Array {
    return this.#column(name, Uint32Array);
  }

  u64(name: string): BigUint64Array {
    return this.#column(name, BigUint64Array);
  }

  f64(name: string): Float64Array {
    return this.#column(name, Float64Array);
  }

  /** 16 bytes a row. */
  addresses(name: string): Uint8Array {
    return this.#column(name, Uint8Array);
  }

  strings(name: string): StringColumn {
    return this.#strings.get(name) ?? { values: [], indexes: new Uint16Array(0) };
  }

  #column<Kind extends NumberArray>(name: string, kind: new (length: number) => Kind): Kind {
    const column = this.#numbers.get(name);
    if (column instanceof kind) return column;
    if (this.count === 0) return new kind(0);
    throw batchFault(name, undefined, "it is of another type");
  }
}

/** What is wrong with a batch, by column and (where one is to blame) row. */
export function batchFault(column: string, row: number | undefined, message: string): Fault {
  const place = row === undefined ? "" : `, row ${row}`;
  return new Fault({ code: "BATCH_INVALID", message: `The batch's column "${column}"${place}: ${message}.` });
}

function checkedNumbers(name: string, kind: ColumnKind, data: Data, count: number): NumberArray {
  const length = kind === "addr" ? count * ADDRESS_BYTES : count;
  const values: unknown = data.values;
  if (!isNumberArray(values)) throw batchFault(name, undefined, "it holds no plain numbers");
  if (values.length < length) throw batchFault(name, undefined, "it is shorter than the batch");
  return values.subarray(0, length);
}

function checkedStrings(name: string, data: Data, count: number): StringColumn {
  const all: unknown = data.values;
  if (!isNumberArray(all) || all instanceof BigUint64Array || all instanceof Float64Array)
    throw batchFault(name, undefined, "its indexes are no small whole numbers");
  if (all.length < count) throw batchFault(name, undefined, "it is shorter than the batch");
  const given = all.subarray(0, count);
  const indexes = given instanceof Uint16Array ? given : Uint16Array.from(given);
  const dictionary: Vector | undefined = data.dictionary;
  const size = dictionary?.length ?? 0;
  for (let row = 0; row < count; row++) {
    const index = given[row] as number;
    if (index < 0 || index >= size) throw batchFault(name, row, "it points outside its dictionary");
  }
  const values: string[] = [];
  for (let index = 0; index < size; index++) {
    const value: unknown = dictionary?.get(index);
    if (typeof value !== "string" || value.length > MAX_STRING_LENGTH)
      throw batchFault(name, undefined, `value ${index} of its dictionary is no short text`);
    values.push(value);
  }
  return { values, indexes };
}

function isNumberArray(values: unknown): values is NumberArray {
  return ArrayBuffer.isView(values) && !(values instanceof DataView) && !(values instanceof BigInt64Array);
}
