import type { PathHop } from "./path-hop.js";

/** What a segment adds to the round trip, both ways together, microseconds. */
export interface SegmentLatency {
  readonly handshakeUs: number | null;
  /** From data segments and their ACKs, as a mean. */
  readonly dataUs: number | null;
}

/**
 * Round trips of the two neighbouring hops, subtracted: what lies beyond the later one is in both (docs/design.md, decision 4).
 * Clocks need not agree. A difference below zero is noise of two captures, and reads 0.
 */
export function latencyBetween(before: PathHop, after: PathHop): SegmentLatency {
  return {
    handshakeUs: difference(before.handshakeUs, after.handshakeUs),
    dataUs: difference(before.dataRoundTripUs, after.dataRoundTripUs),
  };
}

function difference(longer: number | null, shorter: number | null): number | null {
  return longer === null || shorter === null ? null : Math.max(0, longer - shorter);
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly count: number;
}

/** Of many connections' latencies over one segment; between two samples it interpolates. Null where there are none. */
export function quantiles(values: readonly (number | null)[]): Quantiles | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return {
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    count: sorted.length,
  };
}

function quantile(sorted: readonly number[], level: number): number {
  const at = level * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
