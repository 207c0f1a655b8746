/** Which clock a time is written in. Pages are first written in UTC, on the server, and then in the reader's own. */
export type TimeZoneChoice = "utc" | "local";

function parts(timeMs: number, zone: TimeZoneChoice): Record<string, string> {
  const formatted = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
    timeZone: zone === "utc" ? "UTC" : undefined,
  }).formatToParts(timeMs);
  return Object.fromEntries(formatted.map(({ type, value }) => [type, value]));
}

/** `14:05:09`. */
export function formatClock(timeMs: number, zone: TimeZoneChoice): string {
  const { hour, minute, second } = parts(timeMs, zone);
  return `${hour}:${minute}:${second}`;
}

/** `14:05:09.123`. */
export function formatClockMs(timeMs: number, zone: TimeZoneChoice): string {
  return `${formatClock(timeMs, zone)}.${parts(timeMs, zone).fractionalSecond}`;
}

/** `14:05`, or `11-21 14:05` with the day. */
export function formatMinute(timeMs: number, zone: TimeZoneChoice, withDay: boolean): string {
  const { hour, minute, day, month } = parts(timeMs, zone);
  return withDay ? `${month}-${day} ${hour}:${minute}` : `${hour}:${minute}`;
}

/** `2026-11-21 14:05:09`. */
export function formatDateTime(timeMs: number, zone: TimeZoneChoice): string {
  const { year, month, day } = parts(timeMs, zone);
  return `${year}-${month}-${day} ${formatClock(timeMs, zone)}`;
}

/** `2026-11-21 14:05:09.123 UTC`: what a tooltip shows beside local time. */
export function formatUtc(timeMs: number): string {
  return `${new Date(timeMs).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** `UTC`, or the reader's own: `Europe/Berlin time`. */
export function zoneName(zone: TimeZoneChoice): string {
  const name = zone === "utc" ? "UTC" : new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === "UTC" ? name : `${name} time`;
}
