import { DEFAULT_RANGE_MS, type TimeRange } from "@hopline/api";

/** Whole windows of the table that is read, in Unix seconds: `from` inclusive, `to` exclusive. */
export interface AlignedRange {
  readonly from: number;
  readonly to: number;
}

export interface AskedRange {
  /** Milliseconds since the Unix epoch, as in packages/api's timeRangeQuerySchema. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** With defaults filled in, milliseconds. A range that runs backwards is empty, at its end. */
export function fillRange(asked: AskedRange, nowMs: number): TimeRange {
  const to = asked.to ?? nowMs;
  return { from: Math.min(asked.from ?? to - DEFAULT_RANGE_MS, to), to };
}

/** Every window that the range touches. */
export function alignRange(range: TimeRange, windowSeconds: number): AlignedRange {
  const windowMs = windowSeconds * 1000;
  return {
    from: Math.max(0, Math.floor(range.from / windowMs)) * windowSeconds,
    to: Math.ceil(range.to / windowMs) * windowSeconds,
  };
}

export function toTimeRange(range: AlignedRange): TimeRange {
  return { from: range.from * 1000, to: range.to * 1000 };
}

/** SQL condition on a column of window starts; wants the parameters of {@link rangeParameters}. */
export function inRange(column: string): string {
  return `${column} >= toDateTime({from:UInt32}, 'UTC') AND ${column} < toDateTime({to:UInt32}, 'UTC')`;
}

export function rangeParameters(range: AlignedRange) {
  return { from: range.from, to: range.to };
}
