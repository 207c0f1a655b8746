import type { LatencyCell, Quantiles } from "@hopline/api";
import { formatCount, formatMicroseconds } from "../../units/quantity";
import type { HeatLegend, HeatLevel } from "./node-heatmap";

export const QUANTILES = ["p50", "p95", "p99"] as const;
export type QuantileName = (typeof QUANTILES)[number];

type RoundTrips = Pick<LatencyCell, "handshake" | "data">;

/** A segment that costs less is no matter, however much quicker the others are, microseconds. */
const NO_MATTER_US = 1000;
/** So many times the usual. */
const SOME = 3;
const MUCH = 10;

/** The colours of {@link latencyLevel}. */
export const LATENCY_LEGEND: HeatLegend = {
  none: `below ${formatMicroseconds(NO_MATTER_US)}, or as usual`,
  some: `${SOME} times the usual or more`,
  much: `${MUCH} times the usual or more`,
  unknown: "unknown: no round trip measured",
};

/** Data's round trips are many and of the whole range; those of handshakes stand in where there were none. */
export function quantileOf({ data, handshake }: RoundTrips, name: QuantileName): number | null {
  return (data ?? handshake)?.[name] ?? null;
}

/** Against what is usual: the median of all pairs, or this pair's own where that is less. */
export function latencyLevel(cell: RoundTrips, name: QuantileName, all: readonly RoundTrips[]): HeatLevel {
  const value = quantileOf(cell, name);
  const own = quantileOf(cell, "p50");
  if (value === null || own === null) return "unknown";
  const sorted = all.flatMap((one) => quantileOf(one, name) ?? []).sort((one, other) => one - other);
  const usual = Math.min(own, sorted[Math.floor((sorted.length - 1) / 2)] ?? value);
  if (value < NO_MATTER_US || value < SOME * usual) return "none";
  return value < MUCH * usual ? "some" : "much";
}

export function latencyDetail({ handshake, data }: RoundTrips): string {
  const parts = [told("Handshake", handshake), told("Data", data)].filter((part) => part !== "");
  return parts.length === 0 ? "Nothing was measured" : parts.join("; ");
}

function told(name: string, quantiles: Quantiles | null): string {
  if (quantiles === null) return "";
  const figures = QUANTILES.map((level) => `${level} ${formatMicroseconds(quantiles[level])}`);
  return `${name} ${figures.join(", ")} of ${formatCount(quantiles.count)} measured`;
}
