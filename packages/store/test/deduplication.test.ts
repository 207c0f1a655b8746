import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import {
  completenessRow,
  encodeStoredCompleteness,
  encodeStoredHops,
  hop,
  type StoredHop,
  T0,
} from "./stored-rows.js";

const NOW_MS = (T0 + 120) * 1000;
const store = await embeddedStore({ now: () => NOW_MS });
const DAY = { from: NOW_MS - 86_400_000, to: NOW_MS };
const MONTH = { from: NOW_MS - 25 * 86_400_000, to: NOW_MS };

/** More rows than any of ClickHouse's block sizes cuts by default, over two hours and so two partitions. */
function manyRows(count: number, firstId: number): StoredHop[] {
  return Array.from({ length: count }, (_, index) =>
    hop({
      connection_id: BigInt(firstId + index),
      window_start: T0 + (index % 2 === 0 ? 0 : -3600),
      translation: index % 3 === 0 ? "dnat" : "none",
      client_pod: `web-${index % 50}`,
    }),
  );
}

async function everywhere() {
  const recent = await store.map({ maxNodes: 10, maxEdges: 10, from: NOW_MS - 2 * 3_600_000, to: NOW_MS });
  const minutes = await store.map({ maxNodes: 10, maxEdges: 10, ...DAY });
  const hours = await store.map({ maxNodes: 10, maxEdges: 10, ...MONTH });
  const summary = await store.summary({ from: NOW_MS - 2 * 3_600_000, to: NOW_MS });
  const sums = [recent, minutes, hours].map(({ edges }) => [
    edges[0]?.forwardBytes,
    edges[0]?.packets,
    edges[0]?.connections,
  ]);
  return { sums, hopRows: summary.hopRows };
}

it("counts a batch that came twice once, in the table and behind every view", async () => {
  const rows = manyRows(66_000, 1);
  const batch = encodeStoredHops(rows);
  expect(await store.insertHops(batch, "node1/aa/1")).toEqual({ duplicate: false });
  const once = await everywhere();
  expect(once.hopRows).toBe(66_000);
  // From hops by way of connections exactly; the edges' count of so many connections is an estimate.
  expect(once.sums.map(([bytes, packets]) => [bytes, packets])).toEqual(
    new Array(3).fill([66_000 * 1500, 66_000 * 10]),
  );
  expect(once.sums[0]?.[2]).toBe(66_000);
  for (const [, , connections] of once.sums.slice(1)) {
    expect(Math.abs((connections ?? 0) / 66_000 - 1)).toBeLessThan(0.02);
  }
  expect(await store.insertHops(batch, "node1/aa/1")).toEqual({ duplicate: true });
  expect(await store.insertHops(batch, "node1/aa/1")).toEqual({ duplicate: true });
  expect(await everywhere()).toEqual(once);
}, 120_000);

it("knows a batch by its token, not by its rows", async () => {
  const before = await everywhere();
  const batch = encodeStoredHops(manyRows(10, 200_000));
  expect(await store.insertHops(batch, "node1/aa/2")).toEqual({ duplicate: false });
  expect(await store.insertHops(batch, "node1/aa/3")).toEqual({ duplicate: false });
  expect((await everywhere()).hopRows).toBe(before.hopRows + 20);
});

it("takes a token with any characters in it", async () => {
  const token = `node'1"\\/ü\n${"x".repeat(500)}`;
  const batch = encodeStoredHops([hop({ connection_id: 300_000n })]);
  expect(await store.insertHops(batch, token)).toEqual({ duplicate: false });
  expect(await store.insertHops(batch, token)).toEqual({ duplicate: true });
});

it("takes batches side by side", async () => {
  const before = await everywhere();
  const results = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      store.insertHops(
        encodeStoredHops([hop({ connection_id: BigInt(400_000 + index) })]),
        // Three batches, each sent twice at once, as an agent does whose acknowledgement is slow.
        `node2/bb/${index % 3}`,
      ),
    ),
  );
  expect(results.filter((result) => result.duplicate)).toHaveLength(3);
  expect((await everywhere()).hopRows).toBe(before.hopRows + 3);
});

it("counts a batch of completeness once", async () => {
  const batch = encodeStoredCompleteness([completenessRow(), completenessRow({ node: "node2" })]);
  expect(await store.insertCompleteness(batch, "node1/aa/9")).toEqual({ duplicate: false });
  expect(await store.insertCompleteness(batch, "node1/aa/9")).toEqual({ duplicate: true });
  const summary = await store.summary({ from: T0 * 1000, to: NOW_MS });
  expect(summary.ringPackets).toBe(200);
});

it("names what is wrong with a batch that ClickHouse cannot read, and stores nothing of it", async () => {
  const before = await everywhere();
  await expect(store.insertHops(new TextEncoder().encode("no arrow"), "bad/1")).rejects.toMatchObject({
    code: "STORE_BATCH_REJECTED",
    message: expect.stringContaining("hops batch bad/1"),
  });
  const lacksColumns = encodeStoredCompleteness([completenessRow()]);
  await expect(store.insertHops(lacksColumns, "bad/2")).rejects.toMatchObject({
    code: "STORE_BATCH_REJECTED",
  });
  expect(await everywhere()).toEqual(before);
});
