/** Calls of one plan that may be under way at a time; a slow answerer must not pile them up. */
const MAX_UNDER_WAY = 8;

export interface CallLoopOptions {
  readonly call: () => Promise<void>;
  readonly everyMs: number;
  readonly rate: number;
  readonly random: () => number;
}

/** Makes a call again and again, at uneven pauses about a mean. */
export class CallLoop {
  readonly #options: CallLoopOptions;
  #rate: number;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  readonly #underWay = new Set<Promise<void>>();
  /** Calls not made because earlier ones had not ended. */
  skipped = 0;

  constructor(options: CallLoopOptions) {
    this.#options = options;
    this.#rate = options.rate;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule();
  }

  setRate(rate: number): void {
    this.#rate = rate;
    if (!this.#running) return;
    clearTimeout(this.#timer);
    this.#schedule();
  }

  /** Starts no call any more; settles when those under way have ended. */
  async pause(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
  }

  #schedule(): void {
    const { everyMs, random } = this.#options;
    this.#timer = setTimeout(() => this.#tick(), (everyMs / this.#rate) * (0.5 + random()));
  }

  #tick(): void {
    this.#schedule();
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      this.skipped += 1;
      return;
    }
    const call = this.#options.call().finally(() => this.#underWay.delete(call));
    this.#underWay.add(call);
  }
}
