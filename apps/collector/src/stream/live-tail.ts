import type { Connection, ConnectionFilter } from "@hopline/api";
import { describe, Fault } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { LiveCursor } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { StoreKeeper } from "../store-keeper.js";
import { matchesFilter } from "./connection-filter.js";
import { eventText } from "./event-text.js";
import type { StreamReader } from "./stream-reader.js";

export interface LiveTailOptions {
  readonly keeper: StoreKeeper;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CollectorMetrics;
}

/** Readers who want the same connections: filtered and written out once for all of them. */
interface Audience {
  readonly filter: ConnectionFilter;
  readonly readers: Set<StreamReader>;
}

const POLL_EVERY_MS = 1000;
const HEARTBEAT_EVERY_MS = 15_000;
/** Connections read from the store in one poll, and told to one reader in one event. */
const POLL_LIMIT = 2000;
const EVENT_LIMIT = 300;
const MAX_READERS = 200;

/**
 * Tells readers each second which connections began or moved. One poll of the store serves them all, and there is none
 * while nobody reads.
 */
export class LiveTail {
  readonly #options: LiveTailOptions;
  readonly #audiences = new Map<string, Audience>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #readers = 0;
  /** Said once, not each second. */
  #failing = false;

  constructor(options: LiveTailOptions) {
    this.#options = options;
  }

  /** @throws Fault `STREAM_BUSY` where there are too many readers, `STOPPING`. */
  add(filter: ConnectionFilter, reader: StreamReader): void {
    this.assertOpen();
    const key = JSON.stringify(filter);
    let audience = this.#audiences.get(key);
    if (audience === undefined) {
      audience = { filter, readers: new Set() };
      this.#audiences.set(key, audience);
    }
    audience.readers.add(reader);
    this.#readers++;
    this.#options.metrics.streamClients.set(this.#readers);
    reader.onClose(() => this.#remove(key, reader));
    this.#running ??= this.#run();
  }

  assertOpen(): void {
    if (this.#stopping.signal.aborted) {
      throw new Fault({ code: "STOPPING", message: "The collector is stopping.", hint: "Connect again." });
    }
    if (this.#readers >= MAX_READERS) {
      throw new Fault({
        code: "STREAM_BUSY",
        message: `${MAX_READERS} readers follow the live stream already.`,
        hint: "Close one of them, or ask for /api/v1/flows instead.",
      });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    for (const { readers } of this.#audiences.values()) for (const reader of readers) reader.end();
  }

  #remove(key: string, reader: StreamReader): void {
    const audience = this.#audiences.get(key);
    if (!audience?.readers.delete(reader)) return;
    if (audience.readers.size === 0) this.#audiences.delete(key);
    this.#readers--;
    this.#options.metrics.streamClients.set(this.#readers);
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    let cursor: LiveCursor | undefined;
    let heartbeatAtMs = clock.now() + HEARTBEAT_EVERY_MS;
    while (this.#readers > 0 && !this.#stopping.signal.aborted) {
      const startedMs = clock.now();
      cursor = await this.#poll(cursor);
      if (clock.now() >= heartbeatAtMs) {
        heartbeatAtMs = clock.now() + HEARTBEAT_EVERY_MS;
        this.#forEachReader((reader) => reader.write(": heartbeat\n\n"));
      }
      // A slow poll is followed by a rest, not by the next poll at once.
      const restMs = Math.max(POLL_EVERY_MS - (clock.now() - startedMs), POLL_EVERY_MS / 4);
      await clock.sleep(restMs, this.#stopping.signal);
    }
    this.#running = undefined;
  }

  /** @returns where the next poll goes on; undefined after a failure, so that it begins anew. */
  async #poll(cursor: LiveCursor | undefined): Promise<LiveCursor | undefined> {
    const { keeper, log } = this.#options;
    try {
      const batch = await keeper.use("live", (store) => store.liveConnections(cursor, POLL_LIMIT));
      for (const audience of this.#audiences.values()) this.#tell(audience, batch.connections, batch.leftOut);
      this.#failing = false;
      return batch.cursor;
    } catch (thrown) {
      if (!this.#failing)
        log.warn({ err: thrown }, `the live stream has nothing to tell: ${describe(thrown)}`);
      this.#failing = true;
      for (const audience of this.#audiences.values()) this.#tell(audience, [], 0);
      return undefined;
    }
  }

  #tell(audience: Audience, connections: readonly Connection[], notRead: number): void {
    const { metrics, clock } = this.#options;
    const matching = connections.filter((connection) => matchesFilter(connection, audience.filter));
    const told = matching.slice(0, EVENT_LIMIT);
    const tooMany = matching.length - told.length + notRead;
    const event = told.length === 0 ? "" : eventText("connections", told);
    for (const reader of audience.readers) {
      if (tooMany > 0) metrics.streamLeftOut.inc({ reason: "too_many" }, tooMany);
      if (reader.isBehind) metrics.streamLeftOut.inc({ reason: "slow_reader" }, told.length);
      reader.tell(event, told.length, tooMany, clock.now());
    }
  }

  #forEachReader(action: (reader: StreamReader) => void): void {
    for (const { readers } of this.#audiences.values()) for (const reader of readers) action(reader);
  }
}
