import { createHash } from "node:crypto";
import { describe, Fault } from "@hopline/fault";
import {
  DataType,
  Field,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
} from "apache-arrow";
import { type BatchHeader, type BatchKind, headerFromSchema, headerToMetadata } from "./batch-header.js";
import { type ColumnArrays, type ColumnKind, type ColumnSpec, type ColumnsOf, toVector } from "./columns.js";
import { completeHops } from "./complete-hops.js";
import { COMPLETENESS_COLUMNS, type CompletenessColumns } from "./completeness-batch.js";
import { DNS_COLUMNS, type DnsColumns } from "./dns-batch.js";
import { DROP_COLUMNS, type DropColumns } from "./drops-batch.js";
import { HOP_COLUMNS, type HopColumns } from "./hop-batch.js";
import { NODE_STATE_COLUMNS, type NodeStateColumns } from "./node-state-batch.js";

/**
 * A batch is an Arrow IPC stream followed by the SHA-256 of it. Arrow readers stop at the stream's end marker; ours
 * checks the sum first, because a flipped bit in Arrow's metadata can make a reader ask for any amount of memory.
 */
const DIGEST_BYTES = 32;

/** Bytes of a `hops` batch. */
export function encodeHops(header: Omit<BatchHeader, "kind">, columns: HopColumns): Uint8Array {
  return encode({ ...header, kind: "hops" }, HOP_COLUMNS, columns);
}

/** Bytes of a `dns` batch. */
export function encodeDns(header: Omit<BatchHeader, "kind">, columns: DnsColumns): Uint8Array {
  return encode({ ...header, kind: "dns" }, DNS_COLUMNS, columns);
}

/** Bytes of a `drops` batch. */
export function encodeDrops(header: Omit<BatchHeader, "kind">, columns: DropColumns): Uint8Array {
  return encode({ ...header, kind: "drops" }, DROP_COLUMNS, columns);
}

/** Bytes of a `completeness` batch. */
export function encodeCompleteness(
  header: Omit<BatchHeader, "kind">,
  columns: CompletenessColumns,
): Uint8Array {
  return encode({ ...header, kind: "completeness" }, COMPLETENESS_COLUMNS, columns);
}

/** Bytes of a `node-state` batch. */
export function encodeNodeState(header: Omit<BatchHeader, "kind">, columns: NodeStateColumns): Uint8Array {
  return encode({ ...header, kind: "node-state" }, NODE_STATE_COLUMNS, columns);
}

export interface DecodedBatch {
  readonly header: BatchHeader;
  /** Columns as the header's kind lays down, checked by name and type. */
  readonly table: Table;
}

const SPECS: Readonly<Record<BatchKind, ColumnSpec>> = {
  hops: HOP_COLUMNS,
  dns: DNS_COLUMNS,
  drops: DROP_COLUMNS,
  completeness: COMPLETENESS_COLUMNS,
  "node-state": NODE_STATE_COLUMNS,
};

/**
 * @throws Fault `BATCH_DAMAGED` where the bytes are not those that {@link encodeHops} or its siblings wrote, `BATCH_INVALID` where they are whole but not one of our batches.
 */
export function decodeBatch(bytes: Uint8Array): DecodedBatch {
  const stream = bytes.subarray(0, Math.max(0, bytes.length - DIGEST_BYTES));
  if (Buffer.compare(digest(stream), bytes.subarray(stream.length)) !== 0) {
    throw new Fault({
      code: "BATCH_DAMAGED",
      message: `The batch of ${bytes.length} bytes is damaged or cut off: its SHA-256 does not fit.`,
    });
  }
  let table: Table;
  try {
    table = tableFromIPC(stream);
  } catch (thrown) {
    throw new Fault({
      code: "BATCH_INVALID",
      message: `The batch is no Arrow IPC stream: ${describe(thrown)}.`,
      cause: thrown,
    });
  }
  const header = headerFromSchema(table.schema);
  if (header.kind === "hops") table = completeHops(table);
  checkColumns(table, header.kind);
  return { header, table };
}

function checkColumns(table: Table, kind: BatchKind): void {
  for (const [name, columnKind] of Object.entries(SPECS[kind])) {
    const field = table.schema.fields.find((candidate) => candidate.name === name);
    if (field === undefined)
      throw new Fault({ code: "BATCH_INVALID", message: `The ${kind} batch has no column "${name}".` });
    if (!fits(field.type, columnKind)) {
      throw new Fault({
        code: "BATCH_INVALID",
        message: `The ${kind} batch's column "${name}" is ${field.type}, not ${columnKind}.`,
      });
    }
  }
}

function fits(type: DataType, kind: ColumnKind): boolean {
  switch (kind) {
    case "string":
      return DataType.isDictionary(type) && DataType.isUtf8(type.dictionary);
    case "addr":
      return DataType.isFixedSizeBinary(type) && type.byteWidth === 16;
    case "f64":
      return DataType.isFloat(type) && type.precision === 2;
    case "i8":
    case "i32":
      return DataType.isInt(type) && type.isSigned && type.bitWidth === Number(kind.slice(1));
    default:
      return DataType.isInt(type) && !type.isSigned && type.bitWidth === Number(kind.slice(1));
  }
}

function encode<Spec extends ColumnSpec>(
  header: BatchHeader,
  spec: Spec,
  columns: ColumnsOf<Spec>,
): Uint8Array {
  const fields: Field[] = [];
  const children = [];
  for (const [name, kind] of Object.entries(spec)) {
    const vector = toVector(
      kind,
      (columns as Record<string, unknown>)[name] as ColumnArrays[ColumnKind],
      columns.count,
    );
    fields.push(new Field(name, vector.type, false));
    children.push(vector.data[0]!);
  }
  const schema = new Schema(fields, headerToMetadata(header));
  const data = makeData({ type: new Struct(fields), length: columns.count, nullCount: 0, children });
  const stream = tableToIPC(new Table(schema, new RecordBatch(schema, data)), "stream");
  return Buffer.concat([stream, digest(stream)]);
}

function digest(stream: Uint8Array): Buffer {
  return createHash("sha256").update(stream).digest();
}
