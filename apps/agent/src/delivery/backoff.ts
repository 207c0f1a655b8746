/** Growing pauses between tries, with jitter, so that a fleet of agents does not come back at one moment. */
export class Backoff {
  readonly #firstMs: number;
  readonly #lastMs: number;
  readonly #random: () => number;
  #nextMs: number;

  /** @param random in [0, 1) */
  constructor(options: { readonly firstMs: number; readonly lastMs: number; readonly random: () => number }) {
    this.#firstMs = options.firstMs;
    this.#lastMs = options.lastMs;
    this.#random = options.random;
    this.#nextMs = options.firstMs;
  }

  /** How long to wait now, in milliseconds: between half of the pause and all of it. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, this.#lastMs);
    return pauseMs * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
