import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { encodeStoredHops, hop, type StoredHop, T0 } from "./stored-rows.js";

let nowMs = (T0 + 60) * 1000;
const store = await embeddedStore({ now: () => nowMs });
let batches = 0;

async function arrive(...rows: Partial<StoredHop>[]): Promise<void> {
  nowMs += 300;
  await store.insertHops(encodeStoredHops(rows.map((row) => hop(row))), `batch/${++batches}`);
  nowMs += 300;
}

const idOf = (id: bigint) => id.toString(16).padStart(16, "0");

it("tells once of each connection that began or moved, with all that is known of it", async () => {
  await arrive({ connection_id: 1n });
  const start = await store.liveConnections();
  expect(start.connections).toEqual([]);

  await arrive({ connection_id: 2n }, { connection_id: 1n, window_start: T0 + 10 });
  const first = await store.liveConnections(start.cursor);
  expect(first.connections.map((connection) => [connection.id, connection.forward.packets]).sort()).toEqual([
    [idOf(1n), 20],
    [idOf(2n), 10],
  ]);
  expect(first.leftOut).toBe(0);

  const quiet = await store.liveConnections(first.cursor);
  expect(quiet.connections).toEqual([]);

  await arrive({ connection_id: 2n, window_start: T0 + 20 });
  const second = await store.liveConnections(quiet.cursor);
  expect(second.connections.map((connection) => connection.id)).toEqual([idOf(2n)]);
});

it("says how many it left out, the latest first", async () => {
  const { cursor } = await store.liveConnections();
  await arrive(...Array.from({ length: 30 }, (_, index) => ({ connection_id: BigInt(100 + index) })));
  await arrive({ connection_id: 99n });
  const answer = await store.liveConnections(cursor, 10);
  expect(answer.connections).toHaveLength(10);
  expect(answer.connections[0]?.id).toBe(idOf(99n));
  expect(answer.leftOut).toBe(21);
  expect((await store.liveConnections(answer.cursor, 10)).connections).toEqual([]);
});

it("misses nothing of inserts that are under way while it looks", async () => {
  let { cursor } = await store.liveConnections();
  const seen: string[] = [];
  const look = async () => {
    const answer = await store.liveConnections(cursor);
    cursor = answer.cursor;
    seen.push(...answer.connections.map((connection) => connection.id));
  };
  const inserts = Array.from({ length: 4 }, (_, index) => arrive({ connection_id: BigInt(1000 + index) }));
  let under = true;
  const all = Promise.all(inserts).finally(() => {
    under = false;
  });
  while (under) await look();
  await all;
  await look();
  expect(seen.sort()).toEqual(Array.from({ length: 4 }, (_, index) => idOf(BigInt(1000 + index))).sort());
});

it("shows a replayed capture by the capture's own time", async () => {
  const { cursor } = await store.liveConnections();
  const years = 2 * 365 * 86_400;
  await arrive({ connection_id: 5000n, window_start: T0 - years });
  const { connections } = await store.liveConnections(cursor);
  expect(connections.map((connection) => connection.firstSeen)).toEqual([(T0 - years + 1) * 1000]);
});
