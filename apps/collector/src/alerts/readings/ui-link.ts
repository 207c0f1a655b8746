import type { TimeRange } from "@hopline/api";

/** Shown around the time itself, so that it can be seen begin. */
const BEFORE_MS = 10 * 60_000;
const AFTER_MS = 5 * 60_000;

/** A page of the UI at the time of an alert: `/loss?segment=wire&…&from=…&to=…`. */
export function uiLink(
  page: string,
  range: TimeRange,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    ...parameters,
    from: new Date(range.from - BEFORE_MS).toISOString(),
    to: new Date(range.to + AFTER_MS).toISOString(),
  });
  return `${page}?${query}`;
}
