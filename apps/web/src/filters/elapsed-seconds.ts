import type { TimeRange } from "@hopline/api";

/** How much of an answer's range has passed: its last window may still be running. At least one second. */
export function elapsedSeconds(range: TimeRange, nowMs: number): number {
  return Math.max(1, (Math.min(range.to, nowMs) - range.from) / 1000);
}
