import { type BrokenPlace, findBrokenPlace } from "./broken-place.js";
import { Completeness, type CompletenessRow } from "./completeness.js";
import type { Evidence } from "./evidence.js";
import { distinctRows, type HopRow } from "./hop-row.js";
import type { Direction, PathConnection } from "./path-connection.js";
import { type PathHop, pathHops, REPORT_MS } from "./path-hop.js";
import { type Segment, segmentsOf } from "./segment.js";

/** One direction of a path. */
export interface PathDirection {
  readonly direction: Direction;
  readonly hops: readonly PathHop[];
  readonly segments: readonly Segment[];
  /** Round trip from the last hop to the receiver and back: the receiver's own part. Microseconds. */
  readonly receiverUs: { readonly handshakeUs: number | null; readonly dataUs: number | null };
}

export interface Path {
  readonly forward: PathDirection;
  readonly reply: PathDirection;
  /** Null where nothing is missing. */
  readonly broken: BrokenPlace | null;
  /** Where it breaks if what `diagnosePlace` finds there, as evidence, says so; null where that is not asked. */
  readonly suspected: BrokenPlace | null;
}

export interface PathOptions {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** A window without a later one is settled so long after its end. */
  readonly settleMs?: number;
  /** A hop that has told nothing so long after the one before it told of its packets is silent. */
  readonly reportMs?: number;
  /** Fewer packets than this bear no loss figure. */
  readonly floorPackets?: number;
  /** How far apart two nodes see the same packet, microseconds, by `from>to`, as other connections tell. */
  readonly nodeShiftsUs?: ReadonlyMap<string, number>;
}

export const DEFAULT_SETTLE_MS = 15_000;
export const DEFAULT_FLOOR_PACKETS = 100;

/**
 * The path of one connection in both directions: its hops in order, what its segments lose and cost, and where it breaks.
 * The order of the rows, and rows that come twice, make no difference.
 *
 * @param rows of this connection, from all nodes
 * @param completeness of the nodes concerned, at least over the rows' windows and one more on either side
 * @param evidence of the broken place that the rows do not hold
 */
export function tracePath(
  connection: PathConnection,
  rows: readonly HopRow[],
  completeness: readonly CompletenessRow[],
  evidence: readonly Evidence[],
  options: PathOptions,
): Path {
  const distinct = distinctRows(rows);
  const { nowMs, settleMs = DEFAULT_SETTLE_MS, reportMs = REPORT_MS } = options;
  const complete = new Completeness(completeness, distinct, { nowMs, settleMs });
  const trace = (direction: Direction): PathDirection => {
    const hops = pathHops(connection, distinct, direction, { completeness: complete, nowMs, reportMs });
    const floorPackets = options.floorPackets ?? DEFAULT_FLOOR_PACKETS;
    const last = hops.findLast((hop) => hop.state === "seen");
    const isAtReceiver = last !== undefined && last.role !== "uplink" && last.crossing === "out";
    return {
      direction,
      hops,
      segments: segmentsOf(hops, {
        completeness: complete,
        floorPackets,
        nodeShiftsUs: options.nodeShiftsUs,
      }),
      receiverUs: {
        handshakeUs: isAtReceiver ? last.handshakeUs : null,
        dataUs: isAtReceiver ? last.dataRoundTripUs : null,
      },
    };
  };
  const reply = trace("reply");
  const forward = withoutContradiction(trace("forward"), reply);
  return {
    forward,
    reply,
    ...findBrokenPlace(connection, { forward: forward.hops, reply: reply.hops }, evidence, complete),
  };
}

/** Who answers has heard: where answers came back, a hop that told nothing of what they answer has failed to tell. */
function withoutContradiction(forward: PathDirection, reply: PathDirection): PathDirection {
  // A reset may come from somebody on the way.
  const isAnswered = reply.hops.some(({ counters }) => counters.packets > counters.rstPackets);
  if (!isAnswered || forward.hops.every(({ state }) => state !== "silent")) return forward;
  const hops = forward.hops.map((hop): PathHop => {
    const isMissed = hop.state === "silent" || hop.state === "unreached";
    return isMissed ? { ...hop, state: "uncertain" } : hop;
  });
  return {
    ...forward,
    hops,
    segments: forward.segments.filter(({ to }) => to === null || hops[to]?.state === "seen"),
  };
}
