"use client";

import { formatClock, formatClockMs, formatDateTime, formatMinute, formatUtc } from "../../units/clock-time";
import { useTimeZone } from "./use-time-zone";

const FORMATS = { clock: formatClock, milliseconds: formatClockMs, date: formatDateTime };

/** A clock alone would not say which day it is of. */
const SAME_DAY_MS = 20 * 3_600_000;

/** A time in the reader's own zone, with UTC in its tooltip; with its day where that is not today's or last night's. */
export function ClockText({
  timeMs,
  form = "clock",
}: {
  timeMs: number;
  form?: "clock" | "milliseconds" | "date";
}) {
  const zone = useTimeZone();
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={formatUtc(timeMs)}>
      {form === "clock" && Date.now() - timeMs > SAME_DAY_MS
        ? formatMinute(timeMs, zone, true)
        : FORMATS[form](timeMs, zone)}
    </time>
  );
}
