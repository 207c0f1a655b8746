import { join } from "node:path";
import { decodeBatch } from "@hopline/batch";
import { createLogger } from "@hopline/process";
import { DNS_IDENTITY_COLUMNS, KEEP_EVERYTHING, openStore } from "@hopline/store";
import { tableToIPC } from "apache-arrow";
import { afterAll, expect, it } from "vitest";
import { DiskGuard, type DiskGuardOptions } from "../src/disk-guard.js";
import { withColumns } from "../src/ingest/combine-tables.js";
import { readDnsTable } from "../src/ingest/dns-table.js";
import { CollectorMetrics } from "../src/metrics.js";
import { constantColumn } from "../src/naming/row-picks.js";
import { dnsBatch } from "./dns-batch-builder.js";
import { temporaryFolder } from "./temporary-folder.js";

const DAY = 86_400;
const TODAY = Math.floor(Date.now() / 1000 / DAY) * DAY;
const DAYS = [0, 1, 2, 3];

const store = openStore({
  kind: "embedded",
  dataDir: join(await temporaryFolder(), "data"),
  retention: KEEP_EVERYTHING,
});
await store.start();
afterAll(() => store.stop());
for (const days of DAYS) await insertDay(days);

async function insertDay(days: number): Promise<void> {
  const rows = Array.from({ length: 500 }, (_, index) => ({
    windowStart: TODAY - days * DAY,
    role: "pod",
    direction: 0 as const,
    client: "10.0.0.1",
    server: "10.0.0.2",
    name: `name${index}.example`,
  }));
  const batch = dnsBatch({ node: "node1", sequence: days + 1 }, rows);
  const { table, count } = readDnsTable(decodeBatch(batch), Date.now());
  const texts = Object.keys(DNS_IDENTITY_COLUMNS).filter((name) => name !== "reporter");
  const named = withColumns(table, DNS_IDENTITY_COLUMNS, {
    ...(Object.fromEntries(texts.map((name) => [name, constantColumn("x", count)])) as Record<
      Exclude<keyof typeof DNS_IDENTITY_COLUMNS, "reporter">,
      ReturnType<typeof constantColumn>
    >),
    count,
    reporter: new Uint8Array(count).fill(1),
  });
  await store.insertDns(tableToIPC(named, "stream"), `day/${days}`);
}

const dnsRows = async () => (await store.tableSizes()).find(({ name }) => name === "dns")?.rows ?? 0;

/** Runs the guard for one look at the store. */
async function lookOnce(options: Pick<DiskGuardOptions, "maxBytes" | "minFreeShare">) {
  const metrics = new CollectorMetrics();
  let looked = () => {};
  const slept = new Promise<void>((resolve) => {
    looked = resolve;
  });
  const guard = new DiskGuard({
    ...options,
    keeper: { state: { state: "ready", lastError: null }, use: (_name, work) => work(store) },
    clock: {
      now: Date.now,
      sleep: async (_ms, signal) => {
        looked();
        await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      },
    },
    log: createLogger({ app: "collector", level: "silent", format: "json" }),
    metrics,
  });
  guard.start();
  await slept;
  await guard.stop();
  return metrics.registry.metrics();
}

it("leaves everything where there is no limit, and where there is room", async () => {
  await lookOnce({ maxBytes: undefined, minFreeShare: 0 });
  await lookOnce({ maxBytes: 2 ** 40, minFreeShare: 0.000_001 });
  expect(await dnsRows()).toBe(500 * DAYS.length);
});

it("drops the oldest day where all tables take more than they may", async () => {
  const taken = (await store.tableSizes()).reduce((sum, { bytes }) => sum + bytes, 0);
  const metrics = await lookOnce({ maxBytes: taken - 1, minFreeShare: 0 });
  expect(await dnsRows()).toBe(500 * (DAYS.length - 1));
  expect(metrics).toContain('hopline_store_evicted_partitions_total{table="dns"} 1');
  expect(metrics).toContain('hopline_store_evicted_rows_total{table="dns"} 500');
});

it("drops all but the newest where the disk has less room than is to stay free", async () => {
  const { freeBytes, totalBytes } = await store.disk();
  expect(freeBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  // More than is free, and at least twenty gibibytes less than the whole: the cap does not come in between.
  const share = Math.min(1, (freeBytes + 2 ** 30) / totalBytes);
  const before = await dnsRows();
  await lookOnce({ maxBytes: undefined, minFreeShare: share });
  const isCapped = freeBytes > 20 * 2 ** 30;
  expect(await dnsRows()).toBe(isCapped ? before : 500);
});
