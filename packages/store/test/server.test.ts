import { auditScopeSchema } from "@hopline/api";
import { expect, it } from "vitest";
import { z } from "zod";
import { Database } from "../src/database.js";
import { openStore, type Store } from "../src/store.js";
import type { ServerStoreOptions } from "../src/store-options.js";
import { type ClickHouseHttp, startClickHouseHttp } from "./clickhouse-http.js";
import { temporaryDirectory } from "./embedded-store.js";
import { naiveConnections, naiveMap } from "./naive-model.js";
import { RandomSource } from "./random-source.js";
import { randomTraffic } from "./random-traffic.js";
import { completenessRow, encodeStoredCompleteness, encodeStoredHops, hop, T0 } from "./stored-rows.js";

let nowMs = (T0 + 70) * 1000;
const server = await startClickHouseHttp({ dataDir: await temporaryDirectory() });
const RANGE = { from: T0 * 1000, to: (T0 + 60) * 1000 };

function optionsFor(at: Pick<ClickHouseHttp, "url" | "user" | "password">): ServerStoreOptions {
  return { kind: "server", url: at.url, user: at.user, password: at.password, database: "hopline" };
}

function collectorStore(over: Partial<ServerStoreOptions> = {}): Store {
  return openStore({ ...optionsFor(server), ...over, now: () => nowMs });
}

const store = collectorStore();

it("lets two collectors start at once on an empty server", async () => {
  const other = collectorStore();
  await Promise.all([store.start(), other.start()]);
  expect((await other.flows({ sort: "lastSeen", order: "desc", limit: 1 })).total).toBe(0);
  await other.stop();
}, 60_000);

it("stores and answers as the embedded engine does", async () => {
  const traffic = randomTraffic(new RandomSource(5), 60, 6);
  const batch = encodeStoredHops(traffic.flatMap((connection) => connection.rows));
  expect(await store.insertHops(batch, "node1/aa/1")).toEqual({ duplicate: false });
  expect(await store.insertHops(batch, "node1/aa/1")).toEqual({ duplicate: true });
  const truth = naiveConnections(traffic, RANGE, nowMs);
  const answer = await store.map({ ...RANGE, maxNodes: 1000, maxEdges: 5000 });
  expect(new Map(answer.edges.map((edge) => [edge.id, edge.forwardBytes]))).toEqual(
    new Map([...naiveMap(truth).edges].map(([id, edge]) => [id, edge.forwardBytes])),
  );
  const first = await store.flows({ ...RANGE, sort: "bytes", order: "desc", limit: 40 });
  const second = await store.flows({
    sort: "bytes",
    order: "desc",
    limit: 40,
    cursor: first.nextCursor ?? "",
  });
  const ids = [...first.connections, ...second.connections].map((connection) => connection.id);
  expect(ids.sort()).toEqual(truth.map((connection) => connection.id).sort());
  const series = await store.edgeSeries(RANGE);
  expect(series.points.reduce((sum, point) => sum + point.forwardBytes, 0)).toBe(
    truth.reduce((sum, connection) => sum + connection.forward.bytes, 0),
  );
  expect(await store.summary(RANGE)).toMatchObject({
    connections: truth.length,
    hopRows: expect.any(Number),
  });
}, 60_000);

it("passes lists and awkward text as parameters", async () => {
  const name = "o'brien\\web\t[1]";
  await store.insertHops(
    encodeStoredHops([hop({ connection_id: 77n, client_workload: name, client_namespace: "it's" })]),
    "awkward",
  );
  const found = async (q: string) =>
    (
      await store.flows({ ...RANGE, q, namespace: ["it's", "no"], sort: "bytes", order: "asc", limit: 5 })
    ).connections.map((connection) => connection.client.entity.name);
  expect(await found("O'Brien\\W")).toEqual([name]);
  expect(await found("\t[1]")).toEqual([name]);
  expect(await found("{q:String}")).toEqual([]);
}, 60_000);

it("keeps everything else, too", async () => {
  const live = await store.liveConnections();
  nowMs += 3000;
  await store.insertHops(encodeStoredHops([hop({ connection_id: 88n, translation: "dnat" })]), "live");
  nowMs += 100;
  const moved = await store.liveConnections(live.cursor);
  expect(moved.connections.map((connection) => connection.id)).toEqual(["0000000000000058"]);
  // What another collector's clock puts a little earlier must not come twice.
  nowMs += 1000;
  const again = await store.liveConnections(moved.cursor);
  expect(again.connections).toEqual([]);
  nowMs += 3000;
  expect((await store.liveConnections(again.cursor)).connections).toEqual([]);
  expect((await store.connectionDetail("0000000000000058", RANGE))?.hops).toHaveLength(1);
  expect([...(await store.translations(["0000000000000058"])).keys()]).toHaveLength(1);

  await store.insertCompleteness(encodeStoredCompleteness([completenessRow()]), "c/1");
  expect((await store.status()).agents).toMatchObject([{ node: "node1", seenFrames: 100 }]);
  await store.insertEndpoints([
    {
      address: "10.0.0.9",
      entity: { kind: "node", namespace: "", workloadKind: "", name: "n'1" },
      pod: "",
      node: "n'1",
      fromMs: nowMs - 5000,
      toMs: null,
    },
  ]);
  expect((await store.endpointsHistory({ limit: 10 })).endpoints).toMatchObject([{ address: "10.0.0.9" }]);
  expect((await store.evict(1)).bytesBefore).toBeGreaterThan(0);
}, 60_000);

it("makes files of an audit, and leaves no table behind", async () => {
  const scope = auditScopeSchema.parse(RANGE);
  const { total } = await store.audit({ ...scope, limit: 1, offset: 0 });
  const [lines, parquet] = await store.withAuditSnapshot(scope, async (snapshot) => [
    Buffer.from(await snapshot.file("jsonl"))
      .toString()
      .trimEnd()
      .split("\n"),
    Buffer.from(await snapshot.file("parquet")),
  ]);
  expect(lines).toHaveLength(total);
  expect(parquet.subarray(0, 4).toString()).toBe("PAR1");
  expect(parquet.subarray(-4).toString()).toBe("PAR1");
  await expect(
    store.withAuditSnapshot(scope, async (snapshot) => {
      await snapshot.rows(1);
      throw new Error("the reader went away");
    }),
  ).rejects.toThrow("the reader went away");
  const database = new Database(optionsFor(server));
  await database.open();
  const left = await database.query(
    "tables",
    z.object({ name: z.string() }),
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'audit_snapshot')",
  );
  await database.close();
  expect(left).toEqual([]);
}, 60_000);

it("names a batch that cannot be read", async () => {
  await expect(store.insertHops(new Uint8Array([1, 2, 3]), "bad")).rejects.toMatchObject({
    code: "STORE_BATCH_REJECTED",
  });
});

it("refuses a wrong password in one sentence", async () => {
  await expect(collectorStore({ password: "wrong" }).start()).rejects.toMatchObject({
    code: "STORE_CREDENTIALS",
    hint: "Check the ClickHouse user and password.",
  });
});

it("says so where nobody listens", async () => {
  await expect(collectorStore({ url: "http://127.0.0.1:9" }).start()).rejects.toMatchObject({
    code: "STORE_UNREACHABLE",
    message: expect.stringMatching(/^ClickHouse did not answer .*127\.0\.0\.1:9/),
  });
  await expect(collectorStore({ url: "nonsense" }).start()).rejects.toMatchObject({ code: "STORE_SETTINGS" });
});

it("refuses a server that is too old", async () => {
  const old = await startClickHouseHttp({ dataDir: await temporaryDirectory(), version: "24.3.1.2672" });
  await expect(openStore(optionsFor(old)).start()).rejects.toMatchObject({
    code: "STORE_TOO_OLD",
    message: "ClickHouse 24.3.1.2672 is older than 25.8, which Hopline needs.",
  });
  await old.stop();
});

it("says so when the server goes away, and stops all the same", async () => {
  await server.stop();
  await expect(store.map({ maxNodes: 1, maxEdges: 1 })).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  await expect(store.insertHops(encodeStoredHops([hop()]), "late")).rejects.toMatchObject({
    code: "STORE_UNREACHABLE",
  });
  await store.stop();
});
