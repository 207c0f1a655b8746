import { createLogger } from "@hopline/process";
import { KEEP_EVERYTHING, openStore, type Store } from "@hopline/store";
import { afterAll, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../src/clock.js";
import { CollectorMetrics } from "../src/metrics.js";
import { StoreKeeper } from "../src/store-keeper.js";
import { UnstoredRows } from "../src/unstored-rows.js";
import { temporaryFolder } from "./temporary-folder.js";

const log = createLogger({ app: "collector", level: "silent", format: "json" });
const dataDir = await temporaryFolder();
const keeper = new StoreKeeper({
  open: () => openStore({ kind: "embedded", dataDir, retention: KEEP_EVERYTHING }),
  clock: SYSTEM_CLOCK,
  log,
  metrics: new CollectorMetrics(),
});
await keeper.start(async () => {});
afterAll(() => keeper.stop());

it("keeps the last row of each key until it was taken, and no more than it may", async () => {
  const taken: string[][] = [];
  const results: string[] = [];
  let insert = async (_store: Store, _rows: readonly string[]): Promise<void> => {
    throw new Error("full");
  };
  const rows = new UnstoredRows<string>({
    keeper,
    log,
    operation: "test",
    what: "rows",
    capacity: 3,
    insertedAtOnce: 2,
    insert: (store, some) => insert(store, some),
    onResult: (result, count) => results.push(`${count} ${result}`),
  });
  for (const key of ["a", "b", "c", "a", "d"]) rows.put(key, `${key}${results.length}`);
  expect(results).toEqual(["1 left_out"]);
  await rows.store();
  expect(results).toEqual(["1 left_out"]);

  insert = async (_store, some) => {
    taken.push([...some]);
    // What comes for a key while its row is under way is not taken with it.
    rows.put("c", "later");
  };
  await rows.store();
  insert = async (_store, some) => {
    taken.push([...some]);
  };
  await rows.store();
  await rows.store();
  expect(taken).toEqual([
    ["c0", "a0"],
    ["d0", "later"],
  ]);
  expect(results).toEqual(["1 left_out", "2 stored", "2 stored"]);
});
