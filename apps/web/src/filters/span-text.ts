import { formatDateTime, type TimeZoneChoice } from "../units/clock-time";
import { LIVE_SPAN_NAMES, type TimeSpan } from "./time-span";

/** `Last 15 minutes`; `11-21 18:28 – 18:43`, with the second day where it is another. */
export function spanText(span: TimeSpan, zone: TimeZoneChoice): string {
  if (span.kind === "live") return LIVE_SPAN_NAMES[span.last];
  const from = formatDateTime(span.fromMs, zone).slice(5, 16);
  const to = formatDateTime(span.toMs, zone).slice(5, 16);
  return `${from} – ${from.slice(0, 5) === to.slice(0, 5) ? to.slice(6) : to}`;
}
