import { createHash } from "node:crypto";
import { Fault } from "@hopline/fault";
import { Table, tableFromArrays, tableToIPC, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BatchHeader, deduplicationToken } from "../src/batch-header.js";
import { decodeBatch, encodeCompleteness, encodeDns, encodeDrops, encodeHops } from "../src/codec.js";
import { type ColumnSpec, type ColumnsOf, StringColumnBuilder } from "../src/columns.js";
import { COMPLETENESS_COLUMNS } from "../src/completeness-batch.js";
import { DNS_COLUMNS } from "../src/dns-batch.js";
import { DROP_COLUMNS } from "../src/drops-batch.js";
import { ADDED_HOP_COLUMNS, HOP_COLUMNS } from "../src/hop-batch.js";

const HEADER: BatchHeader = {
  kind: "hops",
  node: "node1",
  bootId: "0123456789abcdef",
  sequence: 7,
  agentVersion: "0.1.0",
};

/** Columns in which every cell depends on its row and column, so that a mix-up shows. */
function columnsOf<Spec extends ColumnSpec>(spec: Spec, count: number): ColumnsOf<Spec> {
  const columns: Record<string, unknown> = { count };
  Object.entries(spec).forEach(([name, kind], column) => {
    const cell = (row: number): number => (row * 31 + column) % 251;
    const rows = Array.from({ length: count }, (_, row) => cell(row));
    switch (kind) {
      case "string": {
        const builder = new StringColumnBuilder(count);
        for (const [row, value] of rows.entries()) builder.set(row, `s${value}`);
        columns[name] = builder.finish();
        break;
      }
      case "addr":
        columns[name] = Uint8Array.from({ length: count * 16 }, (_, byte) => cell(byte >> 4) ^ (byte & 15));
        break;
      case "u64":
        columns[name] = Uint32Array.from({ length: count * 2 }, (_, word) => cell(word >> 1) + (word & 1));
        break;
      default:
        columns[name] = {
          u8: Uint8Array,
          u16: Uint16Array,
          u32: Uint32Array,
          i8: Int8Array,
          i32: Int32Array,
          f64: Float64Array,
        }[kind].from(rows);
    }
  });
  return columns as ColumnsOf<Spec>;
}

/** A whole batch made of any Arrow table. */
function sealed(table: Table): Uint8Array {
  const stream = tableToIPC(table, "stream");
  return Buffer.concat([stream, createHash("sha256").update(stream).digest()]);
}

function faultOf(bytes: Uint8Array): Fault {
  try {
    decodeBatch(bytes);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

describe("a hops batch", () => {
  test("comes back cell by cell, with its header", () => {
    const columns = columnsOf(HOP_COLUMNS, 300);
    const { header, table } = decodeBatch(encodeHops(HEADER, columns));
    expect(header).toEqual(HEADER);
    expect(table.numRows).toBe(300);
    expect(table.schema.fields.map((field) => field.name)).toEqual(Object.keys(HOP_COLUMNS));
    for (const row of [0, 1, 150, 299]) {
      expect(table.getChild("payload_bytes")?.get(row)).toBe(columns.payload_bytes[row]);
      expect(table.getChild("role")?.get(row)).toBe(columns.role.values[columns.role.indexes[row]!]);
      expect(Array.from(table.getChild("client_address")?.get(row))).toEqual(
        Array.from(columns.client_address.subarray(row * 16, row * 16 + 16)),
      );
      const [low, high] = columns.connection_id.subarray(row * 2, row * 2 + 2);
      expect(table.getChild("connection_id")?.get(row)).toBe((BigInt(high!) << 32n) | BigInt(low!));
    }
  });

  test("may be empty", () => {
    expect(decodeBatch(encodeHops(HEADER, columnsOf(HOP_COLUMNS, 0))).table.numRows).toBe(0);
  });

  test("is named by node, boot and sequence", () => {
    expect(deduplicationToken(HEADER)).toBe("node1/0123456789abcdef/7");
  });
});

test("a dns batch comes back with its names", () => {
  const columns = columnsOf(DNS_COLUMNS, 40);
  const { header, table } = decodeBatch(encodeDns(HEADER, columns));
  expect(header).toEqual({ ...HEADER, kind: "dns" });
  expect(table.schema.fields.map((field) => field.name)).toEqual(Object.keys(DNS_COLUMNS));
  expect(table.getChild("name")?.get(39)).toBe(columns.name.values[columns.name.indexes[39]!]);
});

test("a drops batch comes back cell by cell, with its prefixes and packets", () => {
  const columns = columnsOf(DROP_COLUMNS, 40);
  const { header, table } = decodeBatch(encodeDrops(HEADER, columns));
  expect(header).toEqual({ ...HEADER, kind: "drops" });
  expect(table.schema.fields.map((field) => field.name)).toEqual(Object.keys(DROP_COLUMNS));
  for (const row of [0, 39]) {
    expect(table.getChild("prefix")?.get(row)).toBe(columns.prefix.values[columns.prefix.indexes[row]!]);
    expect(table.getChild("packet")?.get(row)).toBe(columns.packet.values[columns.packet.indexes[row]!]);
    expect(table.getChild("group")?.get(row)).toBe(columns.group[row]);
    expect(table.getChild("dropped_us")?.get(row)).toBe(columns.dropped_us[row]);
    expect(Array.from(table.getChild("original_server_address")?.get(row))).toEqual(
      Array.from(columns.original_server_address.subarray(row * 16, row * 16 + 16)),
    );
    const [low, high] = columns.connection_id.subarray(row * 2, row * 2 + 2);
    expect(table.getChild("connection_id")?.get(row)).toBe((BigInt(high!) << 32n) | BigInt(low!));
  }
});

describe("a hops batch of the first version", () => {
  const { table } = decodeBatch(encodeHops(HEADER, columnsOf(HOP_COLUMNS, 3)));
  const without = (...names: string[]) =>
    sealed(table.select(Object.keys(HOP_COLUMNS).filter((name) => !names.includes(name))));

  test("is taken, with columns that say nothing in the place of those that it lacks", () => {
    const completed = decodeBatch(without(...ADDED_HOP_COLUMNS.keys())).table;
    for (const [name, value] of ADDED_HOP_COLUMNS) {
      const cell = completed.getChild(name)?.get(2);
      if (HOP_COLUMNS[name as keyof typeof HOP_COLUMNS] === "addr")
        expect([...cell]).toEqual(new Array(16).fill(0));
      else expect(cell, name).toBe(value);
    }
    expect(completed.getChild("packets")?.get(2)).toBe(table.getChild("packets")?.get(2));
  });

  test("keeps those that it has", () => {
    const completed = decodeBatch(without("icmp_errors")).table;
    expect(completed.getChild("icmp_errors")?.get(1)).toBe(0);
    expect(completed.getChild("fragments")?.get(1)).toBe(table.getChild("fragments")?.get(1));
  });
});

test("a completeness batch says its kind", () => {
  const { header } = decodeBatch(encodeCompleteness(HEADER, columnsOf(COMPLETENESS_COLUMNS, 2)));
  expect(header.kind).toBe("completeness");
});

describe("what is no batch is refused in one sentence", () => {
  test("bytes that are no Arrow", () => {
    expect(faultOf(new Uint8Array([1, 2, 3])).code).toBe("BATCH_DAMAGED");
  });

  test("Arrow without our metadata", () => {
    expect(faultOf(sealed(tableFromArrays({ a: [1] }))).sentence).toMatch(/metadata "kind"/);
  });

  test("a column that is missing, and one of another type", () => {
    const { table } = decodeBatch(encodeHops(HEADER, columnsOf(HOP_COLUMNS, 1)));
    const names = Object.keys(HOP_COLUMNS);
    const without = table.select(names.filter((name) => name !== "packets"));
    expect(faultOf(sealed(without)).message).toContain('no column "packets"');
    const columns = Object.fromEntries(names.map((name) => [name, table.getChild(name)!] as const));
    const wrong = new Table({ ...columns, packets: vectorFromArray(["x"]) });
    for (const [key, value] of table.schema.metadata) wrong.schema.metadata.set(key, value);
    expect(faultOf(sealed(wrong)).message).toMatch(/"packets" is .*, not f64/);
  });

  test("any bytes, and any batch with bytes changed or cut off, are refused or the same batch", () => {
    const good = encodeHops(HEADER, columnsOf(HOP_COLUMNS, 5));
    const damaged = fc
      .tuple(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(good.length))
      .map(([changes, length]) => {
        const bytes = Uint8Array.from(good);
        for (const [offset, value] of changes) bytes[offset] = value;
        return bytes.subarray(0, length);
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
        if (Buffer.compare(bytes, good) === 0) expect(decodeBatch(bytes).table.numRows).toBe(5);
        else expect(faultOf(bytes).code).toBe("BATCH_DAMAGED");
      }),
      { numRuns: 300 },
    );
  });
});

test("a column of too many distinct strings is refused rather than mixed up", () => {
  const builder = new StringColumnBuilder(65_537);
  for (let row = 0; row < 65_537; row++) builder.set(row, String(row));
  expect(() => builder.finish()).toThrow(RangeError);
});
