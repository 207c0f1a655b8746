import { decodeBatch, HOP_COLUMNS, type HopColumns } from "@hopline/batch";
import type { Table } from "apache-arrow";
import { Table as ArrowTable, Data, makeData, RecordBatch, Struct } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { CheckedColumns } from "../src/ingest/checked-columns.js";
import { readHopTable } from "../src/ingest/hop-table.js";
import { type HopRow, hopBatch } from "./hop-batch-builder.js";

const WINDOW = 1_800_000_000;
const NOW_MS = WINDOW * 1000 + 5000;
const ROW: HopRow = {
  connectionId: 1n,
  windowStart: WINDOW,
  role: "pod",
  direction: 0,
  client: "10.244.1.5:1",
  server: "10.244.1.6:80",
};

const read = (rows: readonly HopRow[]) =>
  readHopTable(decodeBatch(hopBatch({ node: "node1", sequence: 1 }, rows)), NOW_MS);

describe("readHopTable", () => {
  it("gives the columns of a good batch", () => {
    const table = read([
      ROW,
      { ...ROW, connectionId: 0xffff_0000_0000_0002n, isReply: true, role: "uplink" },
    ]);
    expect(table.count).toBe(2);
    expect([...table.connectionIds]).toEqual([1n, 0xffff_0000_0000_0002n]);
    expect(table.roles.values[table.roles.indexes[1] as number]).toBe("uplink");
    expect(table.lastWindow).toBe(WINDOW);
  });

  it("takes an empty batch", () => {
    expect(read([]).count).toBe(0);
  });

  it.each<[string, Partial<HopRow>, RegExp]>([
    ["a window that is no multiple of ten", { windowStart: WINDOW + 1 }, /window_start/],
    ["a window before 2000", { windowStart: 100 }, /window_start/],
    ["a window days ahead", { windowStart: WINDOW + 200_000 }, /window_start/],
    ["a time that is no number", { firstSeenUs: Number.NaN }, /first_seen_us/],
    ["a negative count", { packets: -1 }, /packets/],
    ["a count without end", { bytes: Number.POSITIVE_INFINITY }, /bytes/],
    ["a time of long ago", { firstSeenUs: 5 }, /first_seen_us/],
  ])("refuses %s, naming the column", (_, part, says) => {
    expect(() => read([ROW, { ...ROW, ...part }])).toThrow(says);
  });

  it("refuses windows that span over 48 hours", () => {
    expect(() => read([ROW, { ...ROW, windowStart: WINDOW - 49 * 3600 }])).toThrow(/48 hours/);
  });
});

describe("CheckedColumns", () => {
  const { table } = decodeBatch(hopBatch({ node: "node1", sequence: 1 }, [ROW, ROW]));

  /** The batch with one column's data lied about. */
  const lying = (name: keyof HopColumns, lie: (data: Data) => Data): Table => {
    const batch = table.batches[0]!;
    const index = table.schema.fields.findIndex((field) => field.name === name);
    const children = batch.data.children.map((child, at) => (at === index ? lie(child) : child));
    return new ArrowTable(table.schema, [
      new RecordBatch(
        table.schema,
        makeData({ type: new Struct(table.schema.fields), length: 2, nullCount: 0, children }),
      ),
    ]);
  };

  it("refuses a column that is shorter than it says", () => {
    const short = lying("packets", (data) => new Data(data.type, 0, 2, 0, { 1: new Float64Array(1) }));
    expect(() => new CheckedColumns(short, HOP_COLUMNS)).toThrow(/"packets": it is shorter/);
  });

  it("refuses nulls", () => {
    const withNull = lying(
      "packets",
      (data) => new Data(data.type, 0, 2, 1, { 1: data.values, 2: Uint8Array.of(1) }),
    );
    expect(() => new CheckedColumns(withNull, HOP_COLUMNS)).toThrow(
      /"packets": it has other than one value a row/,
    );
  });

  it("refuses an index outside its dictionary", () => {
    const outside = lying(
      "role",
      (data) => new Data(data.type, 0, 2, 0, { 1: Uint16Array.of(0, 9) }, [], data.dictionary),
    );
    expect(() => new CheckedColumns(outside, HOP_COLUMNS)).toThrow(
      /"role", row 1: it points outside its dictionary/,
    );
  });
});
