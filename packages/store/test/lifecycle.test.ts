import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { z } from "zod";
import { Database } from "../src/database.js";
import { STORED_COMPLETENESS_COLUMNS, STORED_DNS_COLUMNS, STORED_HOP_COLUMNS } from "../src/hop-identity.js";
import { MIGRATIONS } from "../src/migrations/index.js";
import { DEFAULT_RETENTION, KEEP_EVERYTHING } from "../src/retention.js";
import { openStore } from "../src/store.js";
import { temporaryDirectory } from "./embedded-store.js";
import { encodeStoredHops, hop, T0 } from "./stored-rows.js";

const dataDir = await temporaryDirectory();
let nowMs = (T0 + 60) * 1000;
const options = { kind: "embedded", dataDir, retention: KEEP_EVERYTHING, now: () => nowMs++ } as const;

/** The engine itself, for what the store does not show. */
async function withDatabase<Result>(look: (database: Database) => Promise<Result>): Promise<Result> {
  const database = new Database(options);
  await database.open();
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

const columnSchema = z.object({ table: z.string(), name: z.string() });
const MAP = { from: T0 * 1000, to: (T0 + 60) * 1000, maxNodes: 10, maxEdges: 10 };

it("does nothing before it is started", async () => {
  const store = openStore(options);
  await expect(store.map(MAP)).rejects.toMatchObject({ code: "STORE_CLOSED" });
  expect(await readdir(dataDir)).toEqual([]);
});

it("keeps its rows over a restart, and migrates once", async () => {
  const first = openStore(options);
  await first.start();
  await first.insertHops(encodeStoredHops([hop()]), "one");
  const before = await first.map(MAP);
  expect(before.edges).toHaveLength(1);
  await first.stop();

  const second = openStore(options);
  await second.start();
  expect(second.engineVersion).toMatch(/^\d+\.\d+/);
  expect(await second.map(MAP)).toEqual(before);
  // The engine's memory of tokens lasts as long as its tables.
  expect(await second.insertHops(encodeStoredHops([hop()]), "one")).toEqual({ duplicate: true });
  await second.stop();

  const ledger = await withDatabase((database) =>
    database.query(
      "the ledger",
      z.object({ number: z.number(), times: z.coerce.number() }),
      "SELECT number, count() AS times FROM schema_migrations GROUP BY number ORDER BY number",
    ),
  );
  expect(ledger).toEqual(MIGRATIONS.map(({ number }) => ({ number, times: 1 })));
});

it("numbers its migrations from 1 without a gap", () => {
  expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

it("has a column for each of a batch's", async () => {
  const rows = await withDatabase((database) =>
    database.query(
      "columns",
      columnSchema,
      "SELECT table, name FROM system.columns WHERE database = currentDatabase() ORDER BY name",
    ),
  );
  const columns = (table: string) => rows.filter((row) => row.table === table).map((row) => row.name);
  expect(columns("hops")).toEqual([...Object.keys(STORED_HOP_COLUMNS), "ingested_at"].sort());
  expect(columns("dns")).toEqual([...Object.keys(STORED_DNS_COLUMNS), "ingested_at"].sort());
  expect(columns("completeness")).toEqual(
    [...Object.keys(STORED_COMPLETENESS_COLUMNS), "ingested_at"].sort(),
  );
});

it("runs each statement of a migration again without harm, as after a collector that died in between", async () => {
  await withDatabase(async (database) => {
    await database.command("forgetting", "TRUNCATE TABLE schema_migrations");
    await database.command("a lock that was left", "CREATE TABLE migration_lock (x String) ENGINE = Memory");
    await database.command("its end", "DROP TABLE migration_lock");
  });
  const store = openStore(options);
  await store.start();
  expect((await store.map(MAP)).edges).toHaveLength(1);
  await store.stop();
});

it("lets two stores start at once", async () => {
  const shared = await temporaryDirectory();
  const stores = [1, 2].map(() => openStore({ ...options, dataDir: shared }));
  await Promise.all(stores.map((store) => store.start()));
  for (const store of stores) await store.stop();
});

it("sets how long rows are kept, and changes it at the next start", async () => {
  const ttlOf = async (retention: typeof DEFAULT_RETENTION) => {
    const store = openStore({ ...options, retention });
    await store.start();
    await store.stop();
    const rows = await withDatabase((database) =>
      database.query(
        "definitions",
        z.object({ name: z.string(), ttl: z.string() }),
        `SELECT name, extract(create_table_query, 'TTL (.*) SETTINGS') AS ttl FROM system.tables
WHERE database = currentDatabase() AND ttl != '' AND name != 'arrivals' ORDER BY name`,
      ),
    );
    return Object.fromEntries(rows.map((row) => [row.name, row.ttl]));
  };
  expect(await ttlOf(DEFAULT_RETENTION)).toEqual({
    alerts: "toDateTime(pending_at) + toIntervalDay(396)",
    audit_log: "toDateTime(at) + toIntervalDay(396)",
    cluster_objects: "toDateTime(valid_to) + toIntervalDay(396)",
    completeness: "window_start + toIntervalDay(396)",
    connections: "window_start + toIntervalDay(30)",
    dns: "window_start + toIntervalDay(30)",
    drops: "window_start + toIntervalDay(30)",
    edges_1h: "window_start + toIntervalDay(396)",
    edges_1m: "window_start + toIntervalDay(30)",
    endpoints: "toDateTime(valid_to) + toIntervalDay(396)",
    hops: "window_start + toIntervalDay(3)",
    node_states: "toDateTime(read_at) + toIntervalDay(3)",
    translations: "day + toIntervalDay(30)",
    watches: "toDateTime(until) + toIntervalDay(3)",
  });
  expect(await ttlOf({ ...DEFAULT_RETENTION, hopsDays: 1 })).toMatchObject({
    hops: "window_start + toIntervalDay(1)",
  });
  expect(await ttlOf(KEEP_EVERYTHING)).toEqual({});
});

it("refuses a store that a later Hopline has written", async () => {
  await withDatabase((database) =>
    database.insertRows("schema_migrations", [{ number: MIGRATIONS.length + 1, name: "later" }]),
  );
  const store = openStore(options);
  await expect(store.start()).rejects.toMatchObject({
    code: "STORE_NEWER",
    message: `The store was written by a later Hopline (migration ${MIGRATIONS.length + 1}; this one knows ${MIGRATIONS.length}).`,
  });
  await withDatabase((database) =>
    database.command(
      "the way back",
      `DELETE FROM schema_migrations WHERE number > ${MIGRATIONS.length} SETTINGS mutations_sync = 1`,
    ),
  );
  await store.start();
  await store.stop();
});

it("clears what a killed process left behind", async () => {
  await writeFile(join(dataDir, "incoming", "left.arrow"), "half");
  const store = openStore(options);
  await store.start();
  await store.insertHops(encodeStoredHops([hop()]), "two");
  await store.insertHops(new Uint8Array([1, 2, 3]), "broken").catch(() => undefined);
  expect(await readdir(join(dataDir, "incoming"))).toEqual([]);
  await store.stop();
});

it("refuses a directory that another process has open, and takes it when that is gone", async () => {
  const holder = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { createChdbConnection } from "chdb/connection";
       const connection = createChdbConnection({ path: process.argv[1] });
       console.log("open");
       process.stdin.on("end", () => connection.close()).resume();`,
      join(dataDir, "clickhouse"),
    ],
    { cwd: import.meta.dirname, stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(createInterface(holder.stdout), "line");
  const store = openStore(options);
  await expect(store.start()).rejects.toMatchObject({
    code: "STORE_DIR_TAKEN",
    message: `The data directory ${dataDir} is in use by process ${holder.pid}.`,
  });
  holder.stdin.end();
  await once(holder, "exit");
  await store.start();
  expect((await store.map(MAP)).edges).toHaveLength(1);
  await store.stop();
});

it("refuses a path that is no directory", async () => {
  const file = join(dataDir, "file");
  await writeFile(file, "");
  const store = openStore({ ...options, dataDir: file });
  await expect(store.start()).rejects.toMatchObject({
    code: "STORE_DIR_UNUSABLE",
    message: expect.stringContaining(file),
  });
});

it("says so where this process has opened another directory", async () => {
  const other = await temporaryDirectory();
  const [first, second] = [openStore(options), openStore({ ...options, dataDir: other })];
  await first.start();
  await expect(second.start()).rejects.toMatchObject({ code: "STORE_ENGINE" });
  await first.stop();
  await second.start();
  await second.stop();
});

it("waits for an insert that is under way before it closes", async () => {
  const path = join(await temporaryDirectory(), "made", "where", "missing");
  const store = openStore({ ...options, dataDir: path });
  await store.start();
  const insert = store.insertHops(encodeStoredHops([hop()]), "last");
  await store.stop();
  expect(await insert).toEqual({ duplicate: false });
  await mkdir(path, { recursive: true });
});
