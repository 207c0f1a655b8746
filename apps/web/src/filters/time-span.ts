import type { QueryValues } from "../collector/query-text";

/** Spans that end now and move on. */
export const LIVE_SPANS = ["5m", "15m", "1h", "6h", "24h", "7d"] as const;
export type LiveSpan = (typeof LIVE_SPANS)[number];

const MINUTE_MS = 60_000;
const LENGTH_MS: Record<LiveSpan, number> = {
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "6h": 360 * MINUTE_MS,
  "24h": 1440 * MINUTE_MS,
  "7d": 7 * 1440 * MINUTE_MS,
};

export const LIVE_SPAN_NAMES: Record<LiveSpan, string> = {
  "5m": "Last 5 minutes",
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
};

/** Either a span that moves with the clock or two fixed times, milliseconds since the Unix epoch. */
export type TimeSpan =
  | { readonly kind: "live"; readonly last: LiveSpan }
  | { readonly kind: "fixed"; readonly fromMs: number; readonly toMs: number };

export function spanLengthMs(span: TimeSpan): number {
  return span.kind === "live" ? LENGTH_MS[span.last] : span.toMs - span.fromMs;
}

/** `from` and `to` of a question asked at `nowMs`. A live span leaves `to` open: the collector's now. */
export function spanQuery(span: TimeSpan, nowMs: number): QueryValues {
  if (span.kind === "fixed") return { from: span.fromMs, to: span.toMs };
  return { from: nowMs - LENGTH_MS[span.last] };
}

/** The same text for the same span, whatever the time: names cached answers. */
export function spanKey(span: TimeSpan): string {
  return span.kind === "live" ? span.last : `${span.fromMs}-${span.toMs}`;
}

/**
 * How often an answer over this span is worth asking again; false for fixed spans, which no longer change.
 * Two seconds up to fifteen minutes, then in step with what a pixel of the span covers.
 */
export function refreshIntervalMs(span: TimeSpan): number | false {
  if (span.kind === "fixed") return false;
  return Math.min(60_000, Math.max(2_000, Math.round(LENGTH_MS[span.last] / 450)));
}

/** The span as a page's address holds it. */
export function spanParamsOf(span: TimeSpan): QueryValues {
  return span.kind === "live"
    ? { last: span.last }
    : { from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString() };
}
