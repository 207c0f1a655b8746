import type { Moment } from "./moment.js";

/** A stretch of time, Unix milliseconds; its end is not part of it. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long before it was heard of, and how long after it, a change may have reached nodes. */
export interface Margins {
  readonly aheadMs: number;
  readonly settleMs: number;
}

/** When nodes may have begun to act by a change, and when all of them surely do. */
export function blurOf({ earliestMs, atMs }: Moment, { aheadMs, settleMs }: Margins): Stretch {
  return { fromMs: earliestMs - aheadMs, toMs: atMs + settleMs };
}

/** The time around a moment in which no change begins to count, is heard of, or has settled. */
export class StretchAround {
  readonly #timeMs: number;
  readonly #margins: Margins;
  #fromMs: number;
  #toMs: number;

  /** @param within the same, of other changes. */
  constructor(timeMs: number, margins: Margins, within: Stretch) {
    this.#timeMs = timeMs;
    this.#margins = margins;
    this.#fromMs = within.fromMs;
    this.#toMs = within.toMs;
  }

  get stretch(): Stretch {
    return { fromMs: this.#fromMs, toMs: this.#toMs };
  }

  mind(change: Moment): void {
    const { fromMs, toMs } = blurOf(change, this.#margins);
    this.#mindEdge(fromMs);
    this.#mindEdge(change.atMs);
    this.#mindEdge(toMs);
  }

  #mindEdge(ms: number): void {
    if (ms <= this.#timeMs) {
      if (ms > this.#fromMs) this.#fromMs = ms;
    } else if (ms < this.#toMs) this.#toMs = ms;
  }
}
