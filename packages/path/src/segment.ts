import type { SegmentKind } from "./expected-hops.js";
import { latencyBetween, type SegmentLatency } from "./latency.js";
import { type Loss, type LossOptions, lossBetween, singleEndedLoss } from "./loss.js";
import type { PathHop } from "./path-hop.js";

/** What lies between two neighbouring hops of one direction that both are seen, or between one and the unwatched world. */
export interface Segment {
  readonly kind: SegmentKind;
  /** Index into the direction's hops; null where it begins beyond all agents. */
  readonly from: number | null;
  /** Index into the direction's hops; null where it ends beyond all agents. */
  readonly to: number | null;
  readonly fromNode: string;
  readonly toNode: string;
  readonly loss: Loss;
  readonly latency: SegmentLatency;
}

export function segmentKind(before: PathHop, after: PathHop): SegmentKind {
  // A node that is passed twice has a wire between its two uplinks.
  const revisits = before.role === "uplink" && before.crossing === "out" && after.crossing === "in";
  return before.node !== after.node || revisits ? "wire" : after.inside;
}

/**
 * The segments of one direction, in order, between hops that every packet must pass. Optional ones are spanned: a bridge may be
 * passed by a connection's first packets and not by the others. So are hops that nothing was seen of, but for silent ones, which lost everything.
 */
export function segmentsOf(hops: readonly PathHop[], options: LossOptions): Segment[] {
  const known = hops.flatMap((hop, index) =>
    !hop.optional && (hop.state === "seen" || hop.state === "silent") ? [{ hop, index }] : [],
  );
  const segments: Segment[] = [];
  const first = known[0];
  const last = known.at(-1);
  if (first !== undefined && first.hop.role === "uplink" && first.hop.crossing === "in") {
    segments.push({
      kind: "wire",
      from: null,
      to: first.index,
      fromNode: hops[first.index - 1]?.node ?? "",
      toNode: first.hop.node,
      loss: singleEndedLoss(first.hop, "before", options),
      latency: { handshakeUs: null, dataUs: null },
    });
  }
  for (const [position, { hop: after, index }] of known.entries()) {
    const before = known[position - 1];
    if (before === undefined || before.hop.state === "silent") continue;
    segments.push({
      kind: segmentKind(before.hop, after),
      from: before.index,
      to: index,
      fromNode: before.hop.node,
      toNode: after.node,
      loss: lossBetween(before.hop, after, options),
      latency: latencyBetween(before.hop, after),
    });
  }
  if (
    last !== undefined &&
    last.hop.state === "seen" &&
    last.hop.role === "uplink" &&
    last.hop.crossing === "out"
  ) {
    segments.push({
      kind: "wire",
      from: last.index,
      to: null,
      fromNode: last.hop.node,
      toNode: hops[last.index + 1]?.node ?? "",
      loss: singleEndedLoss(last.hop, "after", options),
      // What the last hop's round trip leaves over is the way beyond it, and the receiver.
      latency: { handshakeUs: last.hop.handshakeUs, dataUs: last.hop.dataRoundTripUs },
    });
  }
  return segments;
}
