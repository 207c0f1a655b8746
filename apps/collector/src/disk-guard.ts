import { describe } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { EvictionResult, Store } from "@hopline/store";
import type { Clock } from "./clock.js";
import type { CollectorMetrics } from "./metrics.js";
import type { StoreKeeper } from "./store-keeper.js";

export interface DiskGuardOptions {
  readonly keeper: Pick<StoreKeeper, "state" | "use">;
  /** What all tables together may take; absent: as much as there is. */
  readonly maxBytes: number | undefined;
  /** Share of the store's disk that stays free, 0 to 1; 0 leaves that to others. */
  readonly minFreeShare: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<CollectorMetrics, "evictedPartitions" | "evictedRows">;
}

const CHECK_EVERY_MS = 30_000;
/** Of a large disk a small share is enough. */
const MOST_MIN_FREE_BYTES = 20 * 2 ** 30;

/** Has the store drop its oldest partitions, raw hops first, before its disk is full or it takes more than it may. */
export class DiskGuard {
  readonly #options: DiskGuardOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #wasPowerless = false;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, keeper, log } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        if (keeper.state.state === "ready") await keeper.use("evict", (store) => this.#check(store));
      } catch (thrown) {
        log.warn(`old rows could not be dropped: ${describe(thrown)}`);
      }
      await clock.sleep(CHECK_EVERY_MS, this.#stopping.signal);
    }
  }

  async #check(store: Store): Promise<void> {
    const limit = await this.#limit(store);
    if (limit === Number.POSITIVE_INFINITY) return;
    const result = await store.evict(limit);
    this.#tell(result, limit);
  }

  /** Bytes that all tables together may take now. */
  async #limit(store: Store): Promise<number> {
    const { maxBytes = Number.POSITIVE_INFINITY, minFreeShare } = this.#options;
    if (minFreeShare === 0) return maxBytes;
    const { freeBytes, totalBytes } = await store.disk();
    const missing = Math.min(totalBytes * minFreeShare, MOST_MIN_FREE_BYTES) - freeBytes;
    if (missing <= 0) return maxBytes;
    const taken = (await store.tableSizes()).reduce((sum, { bytes }) => sum + bytes, 0);
    return Math.max(0, Math.min(maxBytes, taken - missing));
  }

  #tell({ evicted, bytesAfter }: EvictionResult, limit: number): void {
    const { log, metrics } = this.#options;
    for (const { table, partition, rows, bytes } of evicted) {
      metrics.evictedPartitions.inc({ table });
      metrics.evictedRows.inc({ table }, rows);
      log.warn({ table, partition, rows, bytes }, "the disk is running full: old rows were dropped");
    }
    const isPowerless = bytesAfter > limit;
    if (isPowerless && !this.#wasPowerless)
      log.warn(
        { bytes: bytesAfter, limit },
        "the store's disk is full, and there is nothing old left to drop",
      );
    this.#wasPowerless = isPowerless;
  }
}
