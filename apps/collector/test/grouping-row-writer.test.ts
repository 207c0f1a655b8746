import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ADDED_HOP_COLUMNS, decodeBatch, HOP_COLUMNS } from "@hopline/batch";
import { createLogger } from "@hopline/process";
import { HOP_IDENTITY_COLUMNS, KEEP_EVERYTHING, openStore } from "@hopline/store";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { afterAll, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../src/clock.js";
import { withColumns } from "../src/ingest/combine-tables.js";
import { GroupingRowWriter } from "../src/ingest/grouping-row-writer.js";
import { readHopTable } from "../src/ingest/hop-table.js";
import { InsertJournal } from "../src/ingest/insert-journal.js";
import { CollectorMetrics } from "../src/metrics.js";
import { constantColumn } from "../src/naming/row-picks.js";
import { StoreKeeper } from "../src/store-keeper.js";
import { hopBatch } from "./hop-batch-builder.js";
import { temporaryFolder } from "./temporary-folder.js";

const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 60;
const TOKEN = "0123456789abcdef0123456789abcdef";
const BATCH = "node1/00000000deadbeef/1";

const folder = await temporaryFolder();
const store = openStore({ kind: "embedded", dataDir: join(folder, "data"), retention: KEEP_EVERYTHING });
await store.start();
afterAll(() => store.stop());

/** A batch of one row, named. */
function named() {
  const batch = hopBatch({ node: "node1", sequence: 1 }, [
    {
      ...{ connectionId: 7n, windowStart: WINDOW, role: "pod", direction: 0 },
      ...{ client: "10.244.1.5:40000", server: "10.244.1.6:80" },
    },
  ]);
  const { table, count } = readHopTable(decodeBatch(batch), Date.now());
  const texts = Object.keys(HOP_IDENTITY_COLUMNS).filter((name) => name !== "reporter");
  return withColumns(table, HOP_IDENTITY_COLUMNS, {
    ...(Object.fromEntries(texts.map((name) => [name, constantColumn("x", count)])) as Record<
      Exclude<keyof typeof HOP_IDENTITY_COLUMNS, "reporter">,
      ReturnType<typeof constantColumn>
    >),
    count,
    reporter: Uint8Array.of(1),
  });
}

/** As a collector of the first version wrote it down before its INSERT. */
function firstVersion(): Uint8Array {
  const columns = Object.keys({ ...HOP_COLUMNS, ...HOP_IDENTITY_COLUMNS });
  return tableToIPC(named().select(columns.filter((name) => !ADDED_HOP_COLUMNS.has(name))), "stream");
}

it("settles an INSERT that a collector of the first version had begun when it was killed", async () => {
  const path = join(folder, "journal");
  const before = new InsertJournal(path);
  await before.open();
  await before.begin({ token: TOKEN, batches: [BATCH] }, firstVersion());

  const metrics = new CollectorMetrics();
  const keeper = new StoreKeeper({
    open: () => store,
    clock: SYSTEM_CLOCK,
    log: createLogger({ app: "collector", level: "silent", format: "json" }),
    metrics,
  });
  const journal = new InsertJournal(path);
  const writer = new GroupingRowWriter({ keeper, journal, clock: SYSTEM_CLOCK, metrics });
  // The agent sends the same batch again while the store opens: under another token it would count twice.
  const repeated = {
    token: BATCH,
    table: tableFromIPC(firstVersion()),
    firstWindow: WINDOW,
    lastWindow: WINDOW,
  };
  await expect(writer.write(repeated)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await writer.recover(store);
  expect(await writer.write(repeated)).toEqual({ duplicate: true });

  const range = { from: WINDOW * 1000, to: (WINDOW + 10) * 1000 };
  const detail = await store.connectionDetail("0000000000000007", range);
  expect(detail?.hops).toMatchObject([{ packets: 1, outOfOrderBytes: 0, encapsulation: "none" }]);
  expect((await readdir(path)).filter((name) => name.endsWith(".arrow"))).toEqual([]);
});

it("lets few rows wait for others, up to a second from the last INSERT", async () => {
  const metrics = new CollectorMetrics();
  const keeper = new StoreKeeper({
    open: () => store,
    clock: SYSTEM_CLOCK,
    log: createLogger({ app: "collector", level: "silent", format: "json" }),
    metrics,
  });
  const journal = new InsertJournal(join(folder, "journal-of-few"));
  const writer = new GroupingRowWriter({ keeper, journal, clock: SYSTEM_CLOCK, metrics });
  // The keeper starts it itself.
  await store.stop();
  await keeper.start((opened) => writer.recover(opened));
  const write = (sequence: number) =>
    writer.write({
      token: `node1/00000000deadbeef/${sequence}`,
      table: named(),
      firstWindow: WINDOW,
      lastWindow: WINDOW,
    });
  await write(10);
  // Whatever an INSERT takes: the first of these waits for a second from its beginning or for as long again.
  const first = write(11);
  await SYSTEM_CLOCK.sleep(350);
  expect(await Promise.all([first, write(12)])).toEqual([{ duplicate: false }, { duplicate: false }]);
  const { values } = await metrics.batchesPerInsert.get();
  const value = (end: string) => values.find(({ metricName }) => metricName?.endsWith(end))?.value;
  expect([value("_count"), value("_sum")]).toEqual([2, 3]);
  await writer.stop();
});
