"use client";

import { formatClock, formatClockMs, formatDateTime, formatUtc } from "../../units/clock-time";
import { useTimeZone } from "./use-time-zone";

const FORMATS = { clock: formatClock, milliseconds: formatClockMs, date: formatDateTime };

/** A time in the reader's own zone, with UTC in its tooltip. */
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
      {FORMATS[form](timeMs, zone)}
    </time>
  );
}
