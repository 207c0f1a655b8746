import type { Connection } from "@hopline/api";
import { expect, it } from "vitest";
import { CASES, type Case, DENIED, DENIED_BY, storeCases, workloadOf } from "./conformance-cases.js";
import { embeddedStore } from "./embedded-store.js";
import { dropRow, encodeStoredDrops, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 60) * 1000;
const RANGE = { from: T0 * 1000, to: NOW_MS };
const DAY = { from: NOW_MS - 86_400_000, to: NOW_MS };
const LIMITS = { maxNodes: 1000, maxEdges: 1000 };
const store = await embeddedStore({ now: () => NOW_MS });
await storeCases(store);

const FLOWS = { ...RANGE, sort: "firstSeen", order: "asc", limit: 1000 } as const;

function wordsOf(connections: readonly Connection[]) {
  const byId = new Map(connections.map((connection) => [Number.parseInt(connection.id, 16), connection]));
  return CASES.map(({ name }, index) => {
    const found = byId.get(index + 1);
    const changed = found?.verdictChanged ? ["changed"] : [];
    return [name, found?.outcome, found?.verdict, found?.conformance, ...changed];
  });
}
const EXPECTED = CASES.map(({ name, word }) => [name, ...word]);

it("puts verdict and outcome of every connection side by side", async () => {
  const { connections } = await store.flows(FLOWS);
  expect(wordsOf(connections)).toEqual(EXPECTED);
});

it("counts each connection on the map under its word, from connections and from edges", async () => {
  const words = async (range: { from: number; to: number }) => {
    const { edges } = await store.map({ ...range, ...LIMITS });
    const byClient = new Map(edges.map((edge) => [edge.client, edge.conformances]));
    return CASES.map(({ name }, index) => [
      name,
      byClient.get(`workload:shop/Deployment/${workloadOf(index)}`),
    ]);
  };
  expect(await words(RANGE)).toEqual(CASES.map(({ name, word }) => [name, { [word[2]]: 1 }]));
  expect(await words(DAY)).toEqual(
    CASES.map(({ name, word, byEdges }) => [name, { [byEdges ?? word[2]]: 1 }]),
  );
});

it("says dropped on the map, also where the hops' row says unanswered or refused", async () => {
  const dropped = CASES.filter(({ word }) => word[0] === "dropped");
  for (const range of [RANGE, DAY]) {
    const { edges } = await store.map({ ...range, ...LIMITS });
    const counted = edges.filter((edge) => edge.outcomes.dropped === 1);
    expect(counted.map((edge) => edge.client).sort()).toEqual(
      dropped.map((one) => `workload:shop/Deployment/${workloadOf(CASES.indexOf(one))}`).sort(),
    );
    expect(counted.every((edge) => Object.keys(edge.outcomes).length === 1)).toBe(true);
  }
});

it("filters by verdict, conformance and outcome", async () => {
  const count = async (filter: object) => (await store.flows({ ...FLOWS, ...filter })).total;
  const truth = (has: (word: Case["word"]) => boolean) => CASES.filter(({ word }) => has(word)).length;
  expect(await count({ verdict: ["denied"] })).toBe(truth((word) => word[1] === "denied"));
  expect(await count({ conformance: ["unenforced"] })).toBe(4);
  expect(await count({ conformance: ["denied-observed", "denied-inferred"] })).toBe(
    truth((word) => word[2].startsWith("denied-")),
  );
  expect(await count({ outcome: ["dropped"], verdict: ["allowed"] })).toBe(1);
  const { edges } = await store.map({ ...DAY, ...LIMITS, conformance: ["denied-inferred"] });
  expect(edges).toHaveLength(truth((word) => word[2] === "denied-inferred"));
});

it("gives the verdict's record, and none where nothing was judged", async () => {
  const { connections } = await store.flows(FLOWS);
  const of = (name: string) =>
    connections.find(({ id }) => Number.parseInt(id, 16) === CASES.findIndex((one) => one.name === name) + 1);
  expect(of("denied, dropped")?.verdictBy).toEqual(DENIED_BY);
  expect(of("undetermined, dropped")?.verdictBy).toBeNull();
  // JSON, but no record.
  expect(of("allowed, dropped")?.verdictBy).toBeNull();
});

it("shows a connection of which there is drop evidence only", async () => {
  const index = CASES.findIndex(({ name }) => name.startsWith("dropped on the server's node"));
  const id = (index + 1).toString(16).padStart(16, "0");
  const detail = await store.connectionDetail(id, RANGE);
  expect(detail).toMatchObject({
    connection: {
      outcome: "dropped",
      hops: 0,
      forward: { packets: 0 },
      handshakeUs: null,
      firstSeen: (T0 + 1.5) * 1000,
      lastSeen: (T0 + 1.5) * 1000,
      client: { pod: "web-1", address: "10.0.1.5", port: 40_000 },
      server: { pod: "api-1", address: "10.0.2.9", port: 8080 },
    },
    hops: [],
  });
  const windows = await store.connectionWindows(id, RANGE);
  expect(windows?.completeness.map(({ node, windowStart }) => `${node} ${windowStart - T0}`)).toEqual([
    "node1 0",
    "node1 10",
    "node1 20",
    "node2 0",
    "node2 10",
    "node2 20",
  ]);
});

it("takes a batch of drops once, leaves out what names no connection, and tells the live tail", async () => {
  const { cursor } = await store.liveConnections();
  const kernel = dropRow({ connection_id: 0n, source: "kernel", reason: "NETFILTER_DROP", packets: 12 });
  const late = dropRow({ ...DENIED, connection_id: 5000n, client_workload: "late" });
  const batch = encodeStoredDrops([kernel, late]);
  expect(await store.insertDrops(batch, "late")).toEqual({ duplicate: false });
  expect(await store.insertDrops(batch, "late")).toEqual({ duplicate: true });
  const live = await store.liveConnections(cursor);
  expect(live.connections.map(({ id, outcome, conformance }) => [id, outcome, conformance])).toEqual([
    ["0000000000001388", "dropped", "denied-observed"],
  ]);
  const { total } = await store.flows(FLOWS);
  expect(total).toBe(CASES.length + 1);
});

it("reads later pages as they were before a drop was told", async () => {
  const first = await store.flows({ ...FLOWS, limit: 1 });
  const index = CASES.findIndex(({ name }) => name === "denied, unanswered");
  const drop = dropRow({ ...DENIED, connection_id: BigInt(index + 1), client_workload: workloadOf(index) });
  await store.insertDrops(encodeStoredDrops([drop]), "after the first page");
  const rest = await store.flows({ ...FLOWS, cursor: first.nextCursor ?? "" });
  expect(wordsOf([...first.connections, ...rest.connections])).toEqual(EXPECTED);
  const now = await store.flows(FLOWS);
  expect(wordsOf(now.connections)[index]).toEqual([
    "denied, unanswered",
    "dropped",
    "denied",
    "denied-observed",
  ]);
});
