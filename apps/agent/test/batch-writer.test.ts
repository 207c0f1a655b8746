import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ColumnArrays,
  type ColumnKind,
  decodeBatch,
  HOP_COLUMNS,
  type HopColumns,
  StringColumnBuilder,
} from "@hopline/batch";
import { afterAll, describe, expect, it } from "vitest";
import { BatchWriter } from "../src/batches/batch-writer.js";
import { Spool } from "../src/delivery/spool.js";

const directory = mkdtempSync(join(tmpdir(), "hopline-writer-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Columns in which each row can be told from the others. */
function numbered(count: number): HopColumns {
  const columns: Record<string, ColumnArrays[ColumnKind]> = {};
  for (const [name, kind] of Object.entries(HOP_COLUMNS)) {
    if (kind === "string") {
      const builder = new StringColumnBuilder(count);
      for (let row = 0; row < count; row++) builder.set(row, `${name} ${row % 7}`);
      columns[name] = builder.finish();
    } else if (kind === "addr") columns[name] = Uint8Array.from({ length: count * 16 }, (_, at) => at >> 4);
    else if (kind === "u64") columns[name] = Uint32Array.from({ length: count * 2 }, (_, at) => at >> 1);
    else if (kind === "f64") columns[name] = Float64Array.from({ length: count }, (_, row) => row);
    else if (kind === "u32") columns[name] = Uint32Array.from({ length: count }, (_, row) => row);
    else if (kind === "i32") columns[name] = Int32Array.from({ length: count }, (_, row) => row);
    else if (kind === "u16") columns[name] = Uint16Array.from({ length: count }, (_, row) => row);
    else columns[name] = new Uint8Array(count);
  }
  return { ...(columns as Omit<HopColumns, "count">), count };
}

describe("BatchWriter", () => {
  it("cuts many rows into batches of numbered sequence, and keeps every row what it was", async () => {
    const bootId = "0123456789ab";
    const spool = new Spool({ directory, bootId, maxBytes: 2 ** 30 });
    await spool.start();
    const writer = new BatchWriter({ spool, node: "n1", bootId, agentVersion: "1.2.3" });
    const count = 65_536 + 10;
    writer.writeHops(numbered(count));
    await writer.settled();
    let row = 0;
    for (let sequence = 1; sequence <= 2; sequence++) {
      const batch = spool.oldest(new Set());
      if (batch === undefined) throw new Error("no batch");
      const { header, table } = decodeBatch((await spool.read(batch)) ?? new Uint8Array());
      await spool.acknowledge(batch);
      expect(header).toEqual({ kind: "hops", node: "n1", bootId, sequence, agentVersion: "1.2.3" });
      for (const at of [0, table.numRows - 1]) {
        expect(table.get(at)?.toJSON()).toMatchObject({
          packets: row + at,
          interface: `interface ${(row + at) % 7}`,
          vni: row + at,
        });
        expect(table.getChild("connection_id")?.get(at)).toBe((BigInt(row + at) << 32n) | BigInt(row + at));
        expect(table.getChild("server_address")?.get(at)?.[15]).toBe((row + at) & 0xff);
      }
      row += table.numRows;
    }
    expect(row).toBe(count);
    expect(writer.counters).toMatchObject({ batches: 2, rows: count });
  });
});
