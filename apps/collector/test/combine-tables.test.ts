import { decodeBatch, HOP_COLUMNS } from "@hopline/batch";
import { HOP_IDENTITY_COLUMNS } from "@hopline/store";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { expect, it } from "vitest";
import { CheckedColumns } from "../src/ingest/checked-columns.js";
import { stackTables } from "../src/ingest/combine-tables.js";
import { hopBatch } from "./hop-batch-builder.js";
import { shopRows } from "./shop-traffic.js";

it("stacks tables column by column, so that each row says what it said", () => {
  const rows = shopRows(1_800_000_000).map(([, row]) => row);
  const tables = [rows.slice(0, 3), rows.slice(3, 4), rows.slice(4)].map(
    (part) =>
      new CheckedColumns(decodeBatch(hopBatch({ node: "node1", sequence: 1 }, part)).table, HOP_COLUMNS)
        .table,
  );
  const whole = decodeBatch(hopBatch({ node: "node1", sequence: 1 }, rows)).table;
  const stacked = tableFromIPC(tableToIPC(stackTables(tables, HOP_COLUMNS), "stream"));
  expect(stacked.batches).toHaveLength(1);
  expect(stacked.numRows).toBe(rows.length);
  for (const name of Object.keys(HOP_COLUMNS))
    expect([...stacked.getChild(name)!].map(String), name).toEqual([...whole.getChild(name)!].map(String));
});

it("refuses tables of another spec", () => {
  const { table } = decodeBatch(hopBatch({ node: "node1", sequence: 1 }, []));
  expect(() => stackTables([table, table], HOP_IDENTITY_COLUMNS)).toThrow(RangeError);
});
