import type { Clock } from "./clock.js";

export interface HistoryUpkeepOptions {
  readonly history: { dropEndedBefore(timeMs: number): void };
  readonly clock: Clock;
  /** Brings to the store what has changed since the last time; what it does not take waits for the next. */
  readonly store: () => Promise<void>;
}

const STORE_EVERY_MS = 1000;
const FORGET_EVERY_MS = 3_600_000;
/** How late a row may be and still be named and judged by what was at its time. */
export const REMEMBER_MS = 24 * 3_600_000;

/** Stores each second what is new in a history, and forgets each hour what is too old for any row that may still come. */
export class HistoryUpkeep {
  readonly #options: HistoryUpkeepOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #forgetAtMs = 0;

  constructor(options: HistoryUpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#forgetAtMs = this.#options.clock.now() + FORGET_EVERY_MS;
    this.#running = this.#run();
  }

  /** Stores what changed last, if the store is there. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#options.store();
  }

  async #run(): Promise<void> {
    const { history, clock, store } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await store();
      if (clock.now() >= this.#forgetAtMs) {
        this.#forgetAtMs = clock.now() + FORGET_EVERY_MS;
        history.dropEndedBefore(clock.now() - REMEMBER_MS);
      }
      await clock.sleep(STORE_EVERY_MS, this.#stopping.signal);
    }
  }
}
