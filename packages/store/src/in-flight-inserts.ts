/**
 * The inserts that are under way in this process, each with a stamp that no other insert of the process has.
 * Rows become visible some time after their stamp; whoever reads "all up to T" must stay before the oldest of them.
 */
export class InFlightInserts {
  readonly #now: () => number;
  readonly #running = new Map<number, Promise<unknown>>();
  #lastStampUs = 0;
  #lastFinishedUs = -1;

  /** @param now milliseconds since the Unix epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs an insert. Its stamp is the time in microseconds, moved on where another insert has it already. */
  async run<Result>(insert: (stampUs: number) => Promise<Result>): Promise<Result> {
    const stampUs = Math.max(Math.floor(this.#now() * 1000), this.#lastStampUs + 1);
    this.#lastStampUs = stampUs;
    const promise = insert(stampUs);
    this.#running.set(stampUs, promise);
    try {
      return await promise;
    } finally {
      this.#running.delete(stampUs);
      this.#lastFinishedUs = Math.max(this.#lastFinishedUs, stampUs);
    }
  }

  /** All inserts of this process with a stamp below this are visible, and no later one will get such a stamp. */
  settledBeforeUs(): number {
    const next = Math.max(Math.floor(this.#now() * 1000), this.#lastStampUs + 1);
    return Math.min(next, ...this.#running.keys());
  }

  /** Whether rows with this stamp or a later one may be visible by now: those of this process, that is. */
  begunSince(stampUs: number): boolean {
    return Math.max(this.#lastFinishedUs, ...this.#running.keys()) >= stampUs;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }
}
