import { refreshIntervalMs, type TimeSpan } from "../filters/time-span";
import { CollectorProblem } from "./collector-problem";

export const RETRY_INTERVAL_MS = 3_000;
/** Windows are settled every ten seconds. */
const WINDOW_INTERVAL_MS = 10_000;

/** Whether the answer failed and another try may succeed. */
export function mayPass(error: Error | null): boolean {
  return error instanceof CollectorProblem && error.mayPass;
}

/** Asks again at this interval, but not a question that was refused: it would be refused again. Fixed spans are asked again only while they failed. */
export function unlessRefused(intervalMs: number | false) {
  return ({ state }: { state: { error: Error | null } }): number | false => {
    if (state.error === null) return intervalMs;
    return mayPass(state.error) ? intervalMs || RETRY_INTERVAL_MS : false;
  };
}

/** Of what is told by windows, and of what is dear to tell: it does not change much in between. */
export function windowIntervalMs(span: TimeSpan): number | false {
  const interval = refreshIntervalMs(span);
  return interval === false ? false : Math.max(WINDOW_INTERVAL_MS, interval);
}
