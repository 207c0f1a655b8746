import type { TimeZoneChoice } from "../../units/clock-time";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Between two ticks: what a reader counts in. */
const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7].map((days) => days * DAY_MS),
];
const MOST_TICKS = 6;

/**
 * Round times between two times, at most six, evenly spaced, milliseconds since the Unix epoch: at whole hours or
 * midnight of the reader's zone where the steps are that long. The first time itself where the span has no round one.
 */
export function timeTicks(fromMs: number, toMs: number, zone: TimeZoneChoice): readonly number[] {
  const spanMs = toMs - fromMs;
  const stepMs =
    STEPS_MS.find((step) => spanMs / step < MOST_TICKS) ?? Math.ceil(spanMs / MOST_TICKS / DAY_MS) * DAY_MS;
  const offsetMs = zone === "utc" ? 0 : -new Date(fromMs).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const ticks: number[] = [];
  for (let time = first; time <= toMs; time += stepMs) ticks.push(time);
  return ticks.length === 0 ? [fromMs] : ticks;
}
