import { describe, Fault } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { Store } from "@hopline/store";
import type { Clock } from "./clock.js";
import type { CollectorMetrics } from "./metrics.js";

export interface StoreKeeperOptions {
  /** An inert store; called once for each attempt, so that a password that rotated is read again. */
  readonly open: () => Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CollectorMetrics;
}

export interface StoreState {
  readonly state: "ready" | "unavailable";
  /** One sentence, kept after recovery; `null` where nothing ever went wrong. */
  readonly lastError: string | null;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/** Faults that say "not now", whatever was asked: the store itself is away. */
const AWAY = new Set(["STORE_UNREACHABLE", "STORE_CREDENTIALS", "STORE_DENIED", "STORE_CLOSED"]);

/**
 * Opens the store and lends it out. A server that is away is tried again for ever, while everything else goes on
 * without it; the embedded engine either opens or the collector ends.
 */
export class StoreKeeper {
  readonly #options: StoreKeeperOptions;
  readonly #stopping = new AbortController();
  readonly #kind: "embedded" | "server";
  #store: Store | undefined;
  #away = true;
  #lastError: string | null = null;
  #opening: Promise<void> = Promise.resolve();
  #onOpen: ((store: Store) => Promise<void>) | undefined;

  constructor(options: StoreKeeperOptions) {
    this.#options = options;
    this.#kind = options.open().kind;
  }

  get kind(): "embedded" | "server" {
    return this.#kind;
  }

  get engineVersion(): string {
    return this.#store?.engineVersion ?? "";
  }

  get state(): StoreState {
    return { state: this.#away ? "unavailable" : "ready", lastError: this.#lastError };
  }

  /**
   * @param onOpen runs once, before anybody else is lent the store.
   * @throws Fault of the embedded engine.
   */
  async start(onOpen: (store: Store) => Promise<void>): Promise<void> {
    this.#onOpen = onOpen;
    if (this.#kind === "embedded") await this.#tryOnce();
    else this.#opening = this.#openForEver();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#opening;
    await this.#store?.stop();
    this.#store = undefined;
  }

  /**
   * Lends the store for one piece of work, and learns from how it went whether the store is there.
   *
   * @param name of the query, for the metrics.
   * @throws Fault `STORE_UNAVAILABLE` while it was not opened, or what the store throws.
   */
  async use<Result>(name: string, work: (store: Store) => Promise<Result>): Promise<Result> {
    const store = this.#store;
    if (store === undefined) {
      throw new Fault({
        code: "STORE_UNAVAILABLE",
        message: `The store is not open yet${this.#lastError === null ? "." : `: ${this.#lastError}`}`,
        hint: "Try again in some seconds.",
      });
    }
    const finish = this.#options.metrics.storeSeconds.startTimer({ operation: name });
    try {
      const result = await work(store);
      this.#away = false;
      finish({ result: "ok" });
      return result;
    } catch (thrown) {
      finish({ result: "failed" });
      if (thrown instanceof Fault && AWAY.has(thrown.code)) this.#markAway(thrown);
      throw thrown;
    }
  }

  async #openForEver(): Promise<void> {
    const { clock, log } = this.#options;
    let pauseMs = FIRST_RETRY_MS;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#tryOnce();
        return;
      } catch (thrown) {
        this.#markAway(thrown);
        log.warn({ retryInMs: pauseMs }, describe(thrown));
      }
      await clock.sleep(pauseMs, this.#stopping.signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS);
    }
  }

  async #tryOnce(): Promise<void> {
    const store = this.#options.open();
    await store.start();
    try {
      await this.#onOpen?.(store);
    } catch (thrown) {
      await store.stop();
      throw thrown;
    }
    if (this.#stopping.signal.aborted) {
      await store.stop();
      return;
    }
    this.#store = store;
    this.#away = false;
    this.#options.log.info({ engine: store.engineVersion }, `the ${this.#kind} store is open`);
  }

  #markAway(thrown: unknown): void {
    this.#away = true;
    this.#lastError = describe(thrown);
  }
}
