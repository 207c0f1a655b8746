import type { Connection, FlowsQuery } from "@hopline/api";
import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { naiveConnections } from "./naive-model.js";
import { RandomSource } from "./random-source.js";
import { randomTraffic, type TrueConnection } from "./random-traffic.js";
import { encodeStoredHops, T0 } from "./stored-rows.js";

let nowMs = (T0 + 320) * 1000;
const store = await embeddedStore({ now: () => nowMs });
const RANGE = { from: T0 * 1000, to: (T0 + 310) * 1000 };
const random = new RandomSource(7);
const traffic = randomTraffic(random, 150, 30);
await insert(traffic, "first");

async function insert(connections: readonly TrueConnection[], token: string): Promise<void> {
  const rows = connections.flatMap((connection) => connection.rows);
  for (const node of ["node1", "node2", "node3"]) {
    const own = rows.filter((row) => row.node === node);
    if (own.length > 0) await store.insertHops(encodeStoredHops(own), `${node}/${token}`);
  }
}

function question(over: Partial<FlowsQuery> = {}): FlowsQuery {
  return { ...RANGE, sort: "lastSeen", order: "desc", limit: 1000, ...over };
}

/** Connections compare but for the handshake, which the store keeps in single precision. */
function comparable(connections: readonly Connection[]) {
  return connections.map((connection) => ({
    ...connection,
    handshakeUs: connection.handshakeUs === null ? null : Math.round(connection.handshakeUs),
  }));
}

const byId = (one: Connection, other: Connection) => (one.id < other.id ? -1 : 1);

it("gives every connection as the truth has it, however little single nodes knew", async () => {
  const answer = await store.flows(question());
  expect(answer.range).toEqual(RANGE);
  expect(answer.nextCursor).toBeNull();
  expect(answer.total).toBe(answer.connections.length);
  expect(comparable([...answer.connections].sort(byId))).toEqual(
    comparable(naiveConnections(traffic, RANGE, nowMs).sort(byId)),
  );
});

const VALUES: Readonly<Record<FlowsQuery["sort"], (connection: Connection) => number>> = {
  lastSeen: (connection) => connection.lastSeen,
  firstSeen: (connection) => connection.firstSeen,
  bytes: ({ forward, reply }) => forward.bytes + reply.bytes,
  packets: ({ forward, reply }) => forward.packets + reply.packets,
  retransmittedBytes: ({ forward, reply }) => forward.retransmittedBytes + reply.retransmittedBytes,
  handshakeUs: (connection) => connection.handshakeUs ?? -1,
};

it.each(
  (Object.keys(VALUES) as FlowsQuery["sort"][]).flatMap((sort) =>
    (["asc", "desc"] as const).map((order) => [sort, order] as const),
  ),
)("pages in order of %s %s, each connection once", async (sort, order) => {
  const seen = await allPages(question({ sort, order, limit: 80 }));
  expect(seen).toHaveLength(naiveConnections(traffic, RANGE, nowMs).length);
  expect(new Set(seen.map((connection) => connection.id)).size).toBe(seen.length);
  const values = seen.map(VALUES[sort]);
  const sorted = [...values].sort((one, other) => (order === "asc" ? one - other : other - one));
  expect(values).toEqual(sorted);
});

async function allPages(query: FlowsQuery, between?: () => Promise<void>): Promise<Connection[]> {
  const seen: Connection[] = [];
  let cursor: string | undefined;
  do {
    const answer = await store.flows({ ...query, cursor });
    seen.push(...answer.connections);
    cursor = answer.nextCursor ?? undefined;
    await between?.();
  } while (cursor !== undefined);
  return seen;
}

it("gives every connection once, as it was, while others arrive and the same ones move", async () => {
  const before = comparable(naiveConnections(traffic, RANGE, nowMs));
  let arrived = 0;
  const seen = await allPages(question({ sort: "bytes", limit: 40 }), async () => {
    nowMs += 1000;
    arrived++;
    // New connections, and more of the old ones: late rows within the range that change every place in the order.
    const late = randomTraffic(new RandomSource(1000 + arrived), 150, 30);
    const rows = late.flatMap((connection, index) =>
      connection.rows.map((row) => ({
        ...row,
        connection_id: index < 75 ? traffic[index]!.id : row.connection_id ^ BigInt(arrived),
      })),
    );
    await store.insertHops(encodeStoredHops(rows), `late/${arrived}`);
  });
  expect(arrived).toBeGreaterThan(3);
  expect(new Set(seen.map((connection) => connection.id)).size).toBe(seen.length);
  expect(comparable(seen).sort(byIdOf)).toEqual(before.sort(byIdOf));
  expect((await store.flows(question({ limit: 1 }))).total).toBeGreaterThan(seen.length);
}, 120_000);

function byIdOf(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}

it("refuses a cursor that is none, and one of another question", async () => {
  const { nextCursor } = await store.flows(question({ limit: 1 }));
  const cursor = nextCursor ?? "";
  await expect(store.flows(question({ cursor: "bm9uZQ" }))).rejects.toMatchObject({
    code: "CURSOR_INVALID",
  });
  await expect(store.flows(question({ cursor, sort: "bytes" }))).rejects.toMatchObject({
    code: "CURSOR_INVALID",
  });
  await expect(store.flows(question({ cursor, q: "web" }))).rejects.toMatchObject({
    code: "CURSOR_INVALID",
  });
  // Range and page size are the cursor's own to keep and the reader's to choose.
  const next = await store.flows({ ...question({ cursor, limit: 2 }), from: undefined, to: undefined });
  expect(next.range).toEqual(RANGE);
  expect(next.connections).toHaveLength(2);
});

it("answers an empty range with nothing", async () => {
  const answer = await store.flows(question({ from: 1000, to: 2000 }));
  expect(answer).toEqual({
    range: { from: 0, to: 10_000 },
    connections: [],
    total: 0,
    nextCursor: null,
  });
});
