import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { KEEP_EVERYTHING } from "../src/retention.js";
import { openStore, type Store } from "../src/store.js";
import type { StoreOptions } from "../src/store-options.js";

const made: string[] = [];
// Registered first, so that it runs last: after the stores in them have stopped.
afterAll(async () => {
  for (const path of made) await rm(path, { recursive: true, force: true });
});

/** A folder that is gone when the file's tests are done. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "hopline-store-"));
  made.push(path);
  return path;
}

type Options = Pick<StoreOptions, "now" | "retention">;

/** A started store over the real engine; one a test file, for a process has one engine. Rows are never too old. */
export async function embeddedStore(options: Options = {}): Promise<Store> {
  return embeddedStoreIn(await temporaryDirectory(), options);
}

export async function embeddedStoreIn(dataDir: string, options: Options = {}): Promise<Store> {
  const store = openStore({ kind: "embedded", dataDir, retention: KEEP_EVERYTHING, ...options });
  await store.start();
  afterAll(() => store.stop());
  return store;
}
