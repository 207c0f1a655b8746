import { randomBytes } from "node:crypto";
import { MOST_WATCHES, type Watch, type WatchRequest } from "@hopline/api";
import type { WatchOrder } from "@hopline/batch";
import { describe, Fault } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { Clock } from "../clock.js";
import type { StoreKeeper } from "../store-keeper.js";

export interface WatchesOptions {
  readonly keeper: StoreKeeper;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Agents ask each two seconds, all of them; the store is asked once for all, and one that is ours alone only at first. */
const REREAD_MS = 1000;
/** A Service's backends are those that were used so shortly before. */
const BACKENDS_USED_MS = 15 * 60_000;
/** What all watches of an agent together may look for (packages/capture, MOST_FOCUS_TUPLES), shared among them. */
const MOST_SERVERS = 8 / MOST_WATCHES;
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;

/** Connections that are captured at all interfaces on demand, for a while. They are in the store, so that all collectors know of them. */
export class Watches {
  readonly #options: WatchesOptions;
  #known: readonly Watch[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #hasRead = false;
  #reading: Promise<void> | undefined;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** @throws Fault `WATCHES_FULL`, or the store's. */
  async start(request: WatchRequest): Promise<Watch> {
    const { keeper, clock } = this.#options;
    const now = clock.now();
    await this.#read();
    const lasting = this.#lasting();
    if (lasting.length >= MOST_WATCHES) {
      const endsInS = Math.ceil((Math.min(...lasting.map(({ until }) => until)) - now) / 1000);
      throw new Fault({
        code: "WATCHES_FULL",
        message: `${MOST_WATCHES} connections are watched already, the most at one time.`,
        hint: `The next place is free in ${endsInS} s.`,
      });
    }
    const dialled = { address: request.server, port: request.port };
    const backends = await keeper.use("used_backends", (store) =>
      store.usedBackends(dialled, { from: now - BACKENDS_USED_MS, to: now }, request.client),
    );
    const watch: Watch = {
      ...request,
      id: randomBytes(6).toString("hex"),
      servers: [dialled, ...backends].slice(0, MOST_SERVERS),
      from: now,
      until: now + request.forSeconds * 1000,
    };
    await keeper.use("insert_watch", (store) => store.insertWatch(watch));
    this.#known = [...lasting, watch];
    return watch;
  }

  /** Those that last, as far as is known now. */
  async list(): Promise<readonly Watch[]> {
    await this.#read();
    return this.#lasting();
  }

  /** What agents are told. Never fails: what is not known now is told the next time. */
  async orders(): Promise<WatchOrder[]> {
    await this.#read();
    const now = this.#options.clock.now();
    return this.#lasting().map(({ id, protocol, client, servers, until }) => ({
      kind: "watch",
      id,
      protocol: PROTOCOLS[protocol],
      client,
      servers,
      remainingMs: until - now,
    }));
  }

  #lasting(): Watch[] {
    const now = this.#options.clock.now();
    return this.#known.filter(({ until }) => until > now);
  }

  async #read(): Promise<void> {
    const { keeper, clock, log } = this.#options;
    const isOurs = this.#hasRead && keeper.kind === "embedded";
    if (isOurs || clock.now() - this.#readAtMs < REREAD_MS) return;
    this.#reading ??= keeper
      .use("watches", (store) => store.activeWatches())
      .then((watches) => {
        this.#known = watches;
        this.#hasRead = true;
      })
      .catch((thrown) => log.debug(`the watches were not read: ${describe(thrown)}`))
      .finally(() => {
        this.#readAtMs = clock.now();
        this.#reading = undefined;
      });
    await this.#reading;
  }
}
