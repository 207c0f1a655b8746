import { MOST_SAMPLING_SHIFT } from "@hopline/capture";

/** What was measured up to a moment; counters since the start. */
export interface Load {
  /** Microseconds; any clock that goes on. */
  readonly nowUs: number;
  /** Frames that found the ring full. */
  readonly droppedFrames: number;
  /** CPU time of the capture thread, in microseconds. */
  readonly cpuUs: number;
}

export interface OverloadCounters {
  /** How often sampling was doubled, by what led to it. */
  readonly raised: { readonly drops: number; readonly cpu: number };
  /** How often it was halved; two halvings at once are two. */
  readonly lowered: number;
}

/** How often to measure. */
export const MEASURE_EVERY_US = 1_000_000;
/** Over so long a time there must be room before sampling is halved. */
const CALM_US = 10_000_000;
/**
 * Halving the sampling nearly doubles the load. It is halved as often as would keep the load below this share of the budget: were
 * it more, the next second might be over the budget, and sampling would swing for ever.
 */
const ROOM_SHARE = 0.9;
/** The rows of a window leave all at once, which fills a second now and then: one alone over the budget is none. */
const SECONDS_OVER_BUDGET = 2;

/**
 * Decides how many connections are captured: one in 2^shift. Up by one at once in each second in which the ring dropped
 * frames, and in each from the second on in which the capture thread took more than its budget; down after ten
 * seconds with room, by one or by as many as there is room for.
 */
export class OverloadController {
  readonly #budget: number;
  #shift = 0;
  #last: Load | undefined;
  /** When sampling was changed, or looked at whether it can be halved. */
  #periodStart: Load | undefined;
  #secondsOver = 0;
  #raisedByDrops = 0;
  #raisedByCpu = 0;
  #lowered = 0;

  /** @param cpuBudgetPercent of one core */
  constructor(cpuBudgetPercent: number) {
    this.#budget = cpuBudgetPercent / 100;
  }

  get counters(): OverloadCounters {
    return { raised: { drops: this.#raisedByDrops, cpu: this.#raisedByCpu }, lowered: this.#lowered };
  }

  /** Whether so much time has passed that the next measurement means something. */
  isDue(nowUs: number): boolean {
    return this.#last === undefined || nowUs - this.#last.nowUs >= MEASURE_EVERY_US;
  }

  /** @returns the shift from now on */
  observe(load: Load): number {
    const last = this.#last ?? load;
    const periodStart = this.#periodStart ?? load;
    this.#last = load;
    this.#periodStart = periodStart;
    this.#secondsOver = shareOf(last, load) > this.#budget ? this.#secondsOver + 1 : 0;
    if (load.droppedFrames > last.droppedFrames) {
      this.#raisedByDrops += this.#change(1, load);
    } else if (this.#secondsOver >= SECONDS_OVER_BUDGET) {
      this.#raisedByCpu += this.#change(1, load);
    } else if (load.nowUs - periodStart.nowUs >= CALM_US) {
      const room = Math.log2((this.#budget * ROOM_SHARE) / shareOf(periodStart, load));
      this.#lowered += this.#change(-Math.max(0, Math.floor(room)), load);
    }
    return this.#shift;
  }

  /** @returns by how much it was changed */
  #change(by: number, load: Load): number {
    this.#periodStart = load;
    const before = this.#shift;
    this.#shift = Math.min(MOST_SAMPLING_SHIFT, Math.max(0, before + by));
    return Math.abs(this.#shift - before);
  }
}

/** CPU time as a share of the time in between. */
function shareOf(from: Load, to: Load): number {
  return (to.cpuUs - from.cpuUs) / Math.max(1, to.nowUs - from.nowUs);
}
