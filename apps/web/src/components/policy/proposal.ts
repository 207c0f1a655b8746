import type { PolicyName } from "@hopline/api";

/** Policies to be tried. */
export interface Proposal {
  readonly yaml: string;
  readonly remove: readonly PolicyName[];
}

export const EMPTY_PROPOSAL: Proposal = { yaml: "", remove: [] };

/** Over which traffic something is tried. */
export const TRAFFIC_SPANS = [
  { value: "1h", name: "1 hour", ms: 3_600_000 },
  { value: "24h", name: "1 day", ms: 86_400_000 },
  { value: "7d", name: "1 week", ms: 7 * 86_400_000 },
] as const;

export type TrafficSpan = (typeof TRAFFIC_SPANS)[number]["value"];

/** `from` and `to` in milliseconds, ending at `nowMs`. */
export function trafficRange(span: TrafficSpan, nowMs: number): { from: number; to: number } {
  const { ms } = TRAFFIC_SPANS.find(({ value }) => value === span) ?? TRAFFIC_SPANS[1];
  return { from: Math.floor(nowMs - ms), to: Math.floor(nowMs) };
}
