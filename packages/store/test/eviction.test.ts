import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { encodeStoredHops, hop, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 60) * 1000;
const store = await embeddedStore({ now: () => NOW_MS });
const HOURS = [0, 1, 2, 30, 60];

for (const hours of HOURS) {
  const rows = Array.from({ length: 2000 }, (_, index) =>
    hop({ connection_id: BigInt(index + 1), window_start: T0 - hours * 3600, bytes: index * hours }),
  );
  await store.insertHops(encodeStoredHops(rows), `${hours}`);
}
const sizeOf = async () => (await store.tableSizes()).reduce((sum, table) => sum + table.bytes, 0);
const hopRowsOf = async (hours: number) =>
  (await store.summary({ from: (T0 - hours * 3600) * 1000, to: (T0 - hours * 3600 + 60) * 1000 })).hopRows;

it("leaves everything where there is room", async () => {
  const bytes = await sizeOf();
  const result = await store.evict(bytes * 2);
  expect(result.evicted).toEqual([]);
  expect(result.bytesAfter).toBe(result.bytesBefore);
});

it("drops the oldest hour of raw hops first, and no more than it must", async () => {
  const result = await store.evict((await sizeOf()) - 1);
  expect(result.evicted.map((eviction) => [eviction.table, eviction.rows])).toEqual([["hops", 2000]]);
  expect(result.bytesAfter).toBeLessThan(result.bytesBefore);
  expect(await hopRowsOf(60)).toBe(0);
  expect(await hopRowsOf(30)).toBe(2000);
});

it("turns to coarser tables when the raw hops are gone, and spares what is being written", async () => {
  const result = await store.evict(1);
  const tables = result.evicted.map((eviction) => eviction.table);
  expect(tables.slice(0, 3)).toEqual(["hops", "hops", "hops"]);
  expect(tables.slice(3)).toEqual([...tables.slice(3)].sort());
  expect(tables).toContain("connections");
  expect(tables).toContain("edges_1m");
  expect(tables).not.toContain("edges_1h");
  expect(await hopRowsOf(0)).toBe(2000);
  const month = await store.map({ from: NOW_MS - 25 * 86_400_000, to: NOW_MS, maxNodes: 9, maxEdges: 9 });
  expect(month.edges[0]?.packets).toBe(HOURS.length * 2000 * 10);
});
