import {
  AGENT_LATE_INTERFACE,
  AGENT_LOST_BATCHES,
  AGENT_STARTED,
  AGENT_STOPPED,
  type CompletenessColumns,
  StringColumnBuilder,
} from "@hopline/batch";
import { WINDOW_SECONDS } from "@hopline/flow";

const WINDOW_US = WINDOW_SECONDS * 1e6;

/** Monotonic totals at one moment, from which windows take their differences. */
export interface CompletenessTotals {
  readonly seenFrames: number;
  readonly countedFrames: number;
  /** By reason. `seenFrames` = `countedFrames` + the sum of these. */
  readonly uncounted: Readonly<Record<string, number>>;
  readonly droppedFrames: number;
  readonly conntrackLost: number;
  readonly evictedFlows: number;
  readonly lostBatches: number;
  /** Interfaces that were there before they could be captured. */
  readonly lateInterfaces: number;
  /** As of now. */
  readonly activeFlows: number;
  /** As of now. */
  readonly interfaces: number;
  /** As of now: one in so many connections is captured. */
  readonly sampling: number;
}

const NOTHING: CompletenessTotals = {
  seenFrames: 0,
  countedFrames: 0,
  uncounted: {},
  droppedFrames: 0,
  conntrackLost: 0,
  evictedFlows: 0,
  lostBatches: 0,
  lateInterfaces: 0,
  activeFlows: 0,
  interfaces: 0,
  sampling: 1,
};

/** One row for each window: what was captured in it against what passed (decision 6). */
export class CompletenessLog {
  readonly #write: (row: CompletenessColumns) => void;
  #window: number | undefined;
  #before: CompletenessTotals = NOTHING;
  #started = true;
  /** The largest in this window. */
  #sampling = 1;
  /** Of the last observation: in force until some time after it, which may be in the window that it does not see. */
  #latestSampling = 1;

  constructor(write: (row: CompletenessColumns) => void) {
    this.#write = write;
  }

  /**
   * @param settledUs packet time up to which all frames are in `totals`, microseconds since the Unix epoch.
   */
  observe(settledUs: number, totals: CompletenessTotals): void {
    if (!Number.isFinite(settledUs)) return;
    this.#sampling = Math.max(this.#sampling, totals.sampling);
    const window = Math.floor(settledUs / WINDOW_US);
    this.#window ??= window;
    if (window > this.#window) {
      this.#close(this.#window, totals, 0);
      this.#window = window;
    }
    this.#latestSampling = totals.sampling;
  }

  /** The last window, which the agent does not see to its end. */
  finish(totals: CompletenessTotals): void {
    if (this.#window !== undefined) this.#close(this.#window, totals, AGENT_STOPPED);
    this.#window = undefined;
  }

  #close(window: number, totals: CompletenessTotals, flags: number): void {
    const before = this.#before;
    const lostBatches = totals.lostBatches > before.lostBatches ? AGENT_LOST_BATCHES : 0;
    const late = totals.lateInterfaces > before.lateInterfaces ? AGENT_LATE_INTERFACE : 0;
    const started = this.#started ? AGENT_STARTED : 0;
    const uncounted = new StringColumnBuilder(1);
    uncounted.set(0, reasonsOf(before.uncounted, totals.uncounted));
    this.#write({
      count: 1,
      window_start: Uint32Array.of(window * WINDOW_SECONDS),
      seen_frames: Float64Array.of(totals.seenFrames - before.seenFrames),
      counted_frames: Float64Array.of(totals.countedFrames - before.countedFrames),
      uncounted: uncounted.finish(),
      dropped_frames: Float64Array.of(totals.droppedFrames - before.droppedFrames),
      conntrack_lost: Float64Array.of(totals.conntrackLost - before.conntrackLost),
      active_flows: Uint32Array.of(totals.activeFlows),
      evicted_flows: Float64Array.of(totals.evictedFlows - before.evictedFlows),
      interfaces: Uint32Array.of(totals.interfaces),
      sampling: Uint32Array.of(Math.max(this.#sampling, totals.sampling)),
      agent_flags: Uint8Array.of(flags | started | lostBatches | late),
    });
    this.#before = totals;
    this.#sampling = Math.max(this.#latestSampling, totals.sampling);
    this.#started = false;
  }
}

/** `reason=count`, joined by commas. */
function reasonsOf(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): string {
  return Object.entries(now)
    .map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason}=${count}`)
    .join(",");
}
