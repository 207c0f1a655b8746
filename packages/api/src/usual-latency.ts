import type { PathDirection, PathHop, PathSegment } from "./connection-path.js";
import type { LatencyCell, Quantiles } from "./latency.js";

/** What a segment between the same two nodes usually adds to a round trip, as other connections tell. */
export interface UsualLatency extends Quantiles {
  /** It adds clearly more to this connection's: twice the median, and a millisecond at least. */
  readonly isSlow: boolean;
}

/** How far back from a connection's beginning others tell what is usual. */
export const USUAL_LATENCY_MS = 3_600_000;
/** Fewer round trips than this are no habit. */
const LEAST_COUNT = 20;
const SLOW_FACTOR = 2;
const SLOW_LEAST_US = 1000;

/** Whether a path begins (`in`) or ends (`out`) beyond this hop, outside of the cluster. */
function isOutside({ role, crossing }: PathHop, way: PathHop["crossing"]): boolean {
  return role === "uplink" && crossing === way;
}

/**
 * Of the same kind of round trip (data, else handshake) as the segment's own; undefined where too few were measured, or one
 * end is not in the cluster.
 *
 * @param direction whose segment it is
 * @param cells of the time before the connection began
 */
export function usualLatency(
  direction: PathDirection,
  { kind, latency }: PathSegment,
  cells: readonly LatencyCell[],
): UsualLatency | undefined {
  const [first, last] = [direction.hops[0], direction.hops.at(-1)];
  if (first === undefined || last === undefined || isOutside(first, "in") || isOutside(last, "out"))
    return undefined;
  const cell = cells.find(
    (one) => one.segment === kind && one.sourceNode === first.node && one.destinationNode === last.node,
  );
  const quantiles = latency.dataUs === null ? cell?.handshake : cell?.data;
  if (quantiles == null || quantiles.count < LEAST_COUNT) return undefined;
  const ownUs = latency.dataUs ?? latency.handshakeUs;
  const isSlow =
    ownUs !== null && ownUs > quantiles.p50 * SLOW_FACTOR && ownUs - quantiles.p50 >= SLOW_LEAST_US;
  return { ...quantiles, isSlow };
}
