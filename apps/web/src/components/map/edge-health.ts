import type { MapEdge } from "@hopline/api";
import { formatCount, formatShare } from "../../units/quantity";

/**
 * `unenforced`: connections that policy denies went through. `denied`: policy stopped connections. `failing`: others were
 * refused, dropped or not answered. `lossy`: payload had to be sent again.
 */
export type HealthLevel = "fine" | "lossy" | "failing" | "denied" | "unenforced";

/** Text colours of the levels; words say the same. */
export const HEALTH_TEXT: Readonly<Record<HealthLevel, string>> = {
  fine: "text-muted",
  lossy: "text-warn",
  failing: "text-bad",
  denied: "text-warn",
  unenforced: "text-bad",
};

export interface EdgeHealth {
  readonly level: HealthLevel;
  /** Why it is not fine, in a few words. */
  readonly reason: string | undefined;
}

/** A handful of stray retries is how TCP works; above this share of payload it is worth a look. */
const LOSSY_SHARE = 0.01;
/** Below this share of failed connections an edge is not painted as failing. */
const FAILING_SHARE = 0.02;

const FAILURES = ["dropped", "refused", "unanswered"] as const;

export function edgeHealth(edge: MapEdge): EdgeHealth {
  const policy = policyHealth(edge);
  if (policy !== undefined) return policy;
  const failed = FAILURES.map((outcome) => ({ outcome, count: edge.outcomes[outcome] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  const failedCount = failed.reduce((sum, { count }) => sum + count, 0);
  if (failedCount > 0 && failedCount >= edge.connections * FAILING_SHARE)
    return {
      level: "failing",
      reason: `${failed.map(({ outcome, count }) => `${formatCount(count)} ${outcome}`).join(", ")} of ${formatCount(edge.connections)}`,
    };
  const share = retransmittedShare(edge);
  if (share >= LOSSY_SHARE)
    return { level: "lossy", reason: `${formatShare(share)} of payload retransmitted` };
  return { level: "fine", reason: undefined };
}

/** However few: neither is a stray. */
function policyHealth({ conformances, connections }: MapEdge): EdgeHealth | undefined {
  const unenforced = conformances.unenforced ?? 0;
  const denied = (conformances["denied-observed"] ?? 0) + (conformances["denied-inferred"] ?? 0);
  if (unenforced + denied === 0) return undefined;
  const counted = [
    ...(unenforced === 0 ? [] : [`${formatCount(unenforced)} unenforced`]),
    ...(denied === 0 ? [] : [`${formatCount(denied)} denied`]),
  ];
  return {
    level: unenforced > 0 ? "unenforced" : "denied",
    reason: `${counted.join(", ")} by policy of ${formatCount(connections)}`,
  };
}

/** Retransmitted bytes against all payload bytes, 0 to 1. */
export function retransmittedShare(edge: MapEdge): number {
  const payload = edge.forwardPayloadBytes + edge.replyPayloadBytes;
  return payload === 0 ? 0 : Math.min(1, edge.retransmittedBytes / payload);
}
