import { type Completeness, type Doubt, doubtText } from "./completeness.js";
import { type Bound, wilsonBound } from "./confidence-bound.js";
import { type HopRow, ROW_FIRST, ROW_SAMPLED, sumCounters, WINDOW_SECONDS } from "./hop-row.js";
import type { PathHop } from "./path-hop.js";

/** Why there is no figure. */
export type NoFigure =
  | Doubt
  /** Nothing was carried. */
  | "no-traffic"
  /** Fewer packets than the floor. */
  | "too-little"
  /** More may be in flight over the edges of the windows than a figure could bear. */
  | "in-flight"
  /** The later hop counted more than the earlier one: some packets took another way, or were copied. */
  | "counted-more";

const NO_FIGURE_TEXTS: Readonly<Record<Exclude<NoFigure, Doubt>, string>> = {
  "no-traffic": "nothing was carried",
  "too-little": "too few packets for a figure",
  "in-flight": "too much may have been in flight when the windows were cut",
  "counted-more": "the later hop counted more than the earlier one",
};

/** In words, without a full stop: "too few packets for a figure". */
export function noFigureText(reason: NoFigure): string {
  switch (reason) {
    case "no-traffic":
    case "too-little":
    case "in-flight":
    case "counted-more":
      return NO_FIGURE_TEXTS[reason];
    default:
      return doubtText(reason);
  }
}

/** Share of what went in that did not come out, 0 to 1, with its 95 % bound. */
export interface LossFigure extends Bound {
  readonly ratio: number;
}

/** What a segment lost, upstream minus downstream, over the same complete windows. */
export interface Loss {
  /** `both-ends`: counted before and after it. `single-ended`: told by one hop's sequence numbers alone. */
  readonly basis: "both-ends" | "single-ended";
  /** Of layer-4 payload bytes; null where `why` says why there is none. */
  readonly payload: LossFigure | null;
  /** Of packets without payload (SYN, ACK, FIN, RST). */
  readonly empty: LossFigure | null;
  /** Why a figure is missing. Empty where both are there. */
  readonly why: readonly NoFigure[];
  readonly sentPayloadBytes: number;
  /** Below zero where more came out than went in. */
  readonly missingPayloadBytes: number;
  readonly sentEmptyPackets: number;
  readonly missingEmptyPackets: number;
  /** Windows that the figure is over, and those that were left out as not settled or not complete. */
  readonly windows: { readonly measured: number; readonly leftOut: number };
}

export interface LossOptions {
  readonly completeness: Completeness;
  /** Fewer packets than this bear no figure. */
  readonly floorPackets: number;
  /** How far apart two nodes see the same packet, microseconds, by `from>to`, as other connections tell. */
  readonly nodeShiftsUs?: ReadonlyMap<string, number> | undefined;
}

/** A window's edge cuts what was on its way within so many microseconds, where the rows do not tell. */
const DEFAULT_SHIFT_US = { sameNode: 1000, acrossNodes: 20_000 };
/** A figure whose edges weigh more than this share of the volume is none. */
const MOST_IN_FLIGHT = 0.1;

/** Loss between two neighbouring hops of one direction that both are watched. */
export function lossBetween(before: PathHop, after: PathHop, options: LossOptions): Loss {
  const { runs, doubts, measured, leftOut } = completeRuns(before, after, options.completeness);
  const inRuns = (rows: readonly HopRow[]) =>
    rows.filter((row) => runs.some((run) => row.windowStart >= run.from && row.windowStart < run.to));
  const sent = sumCounters(inRuns(before.rows));
  const came = sumCounters(inRuns(after.rows));
  const sentEmptyPackets = sent.packets - sent.payloadPackets;
  const missingEmptyPackets = sentEmptyPackets - (came.packets - came.payloadPackets);
  const missingPayloadBytes = sent.payloadBytes - came.payloadBytes;
  const result = {
    basis: "both-ends" as const,
    sentPayloadBytes: sent.payloadBytes,
    missingPayloadBytes,
    sentEmptyPackets,
    missingEmptyPackets,
    windows: { measured, leftOut },
  };
  if (measured === 0) return { ...result, payload: null, empty: null, why: [...doubts] };

  const edges = edgeVolume(before, runs, clockShiftUs(before, after, options.nodeShiftsUs));
  // GSO and GRO make hops count different packets for the same bytes: the finest count is nearest to what the wire carried.
  const segments = (counted: typeof sent) =>
    Math.max(0, counted.payloadPackets - counted.superFrames + counted.superFrameSegments);
  const payload = lossFigure({
    sent: sent.payloadBytes,
    missing: missingPayloadBytes,
    trials: Math.max(segments(sent), segments(came)),
    edge: edges.payloadBytes,
    floor: options.floorPackets,
  });
  const empty = lossFigure({
    sent: sentEmptyPackets,
    missing: missingEmptyPackets,
    trials: sentEmptyPackets,
    edge: edges.emptyPackets,
    floor: options.floorPackets,
  });
  const why = [...new Set([payload, empty].flatMap((one) => (typeof one === "string" ? [one] : [])))];
  return {
    ...result,
    payload: typeof payload === "string" ? null : payload,
    empty: typeof empty === "string" ? null : empty,
    why,
  };
}

/** What went into a segment and did not come out, over any number of connections. */
export interface Volume {
  /** Bytes or packets that went in. */
  readonly sent: number;
  readonly missing: number;
  /** Packets that `sent` stands for. */
  readonly trials: number;
  /** How much of it the windows' edges may have cut off. */
  readonly edge: number;
  readonly floor: number;
}

/** The share that was lost with its bound, or why there is none. */
export function lossFigure({ sent, missing, trials, edge, floor }: Volume): LossFigure | NoFigure {
  if (sent === 0) return missing < -edge ? "counted-more" : "no-traffic";
  if (trials < floor) return "too-little";
  const slack = edge / sent;
  if (slack > MOST_IN_FLIGHT) return "in-flight";
  if (-missing > edge) return "counted-more";
  const ratio = Math.min(1, Math.max(0, missing / sent));
  const { low, high } = wilsonBound(ratio, trials);
  return { ratio, low: Math.max(0, low - slack), high: Math.min(1, high + slack) };
}

/** Windows in a row; Unix seconds, `to` exclusive. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** The windows that are settled and complete at both hops, as runs without a hole. */
function completeRuns(before: PathHop, after: PathHop, completeness: Completeness) {
  const rows = [...before.rows, ...after.rows];
  const starts = rows.map((row) => row.windowStart);
  const sampled = new Set(
    rows.filter((row) => (row.rowFlags & ROW_SAMPLED) !== 0).map((row) => row.windowStart),
  );
  const isWatched = (from: number, to: number) => {
    for (let window = from; window < to; window += WINDOW_SECONDS) {
      if (completeness.doubt(before.node, window) !== undefined) return false;
      if (completeness.doubt(after.node, window) !== undefined) return false;
    }
    return true;
  };
  const doubts = new Set<Doubt>();
  const runs: Run[] = [];
  let measured = 0;
  let leftOut = 0;
  const present = [...new Set(starts)].sort((a, b) => a - b);
  let previous: number | undefined;
  for (const window of present) {
    const doubt = sampled.has(window)
      ? "sampled"
      : (completeness.doubt(before.node, window) ?? completeness.doubt(after.node, window));
    if (doubt !== undefined) {
      doubts.add(doubt);
      leftOut++;
      previous = undefined;
      continue;
    }
    measured++;
    const last = runs.at(-1);
    // Windows in which neither hop saw anything cut nothing, as long as both were watching.
    if (last !== undefined && previous !== undefined && isWatched(previous + WINDOW_SECONDS, window))
      runs[runs.length - 1] = { from: last.from, to: window + WINDOW_SECONDS };
    else runs.push({ from: window, to: window + WINDOW_SECONDS });
    previous = window;
  }
  return { runs, doubts, measured, leftOut };
}

/** What may lie on the other side of the runs' edges at one hop and on this side at the other, at most. */
function edgeVolume(before: PathHop, runs: readonly Run[], shiftUs: number) {
  let payloadBytes = 0;
  let emptyPackets = 0;
  for (const run of runs) {
    for (const row of rowsAtEdge(before.rows, run, shiftUs)) {
      const share = Math.min(1, shiftUs / Math.max(row.lastSeenUs - row.firstSeenUs, shiftUs));
      payloadBytes += row.payloadBytes * share;
      // One packet may always be the one that was cut.
      const empty = row.packets - row.payloadPackets;
      emptyPackets += Math.min(empty, Math.max(1, empty * share));
    }
  }
  return { payloadBytes, emptyPackets };
}

/** Rows of a run's first and last window whose packets passed so near the edge that the other hop may have them elsewhere. */
function* rowsAtEdge(rows: readonly HopRow[], run: Run, shiftUs: number): Generator<HopRow> {
  for (const row of rows) {
    if (row.packets === 0) continue;
    const begins = row.firstSeenUs < run.from * 1e6 + shiftUs && (row.rowFlags & ROW_FIRST) === 0;
    if (row.windowStart === run.from && begins) yield row;
    if (row.windowStart === run.to - WINDOW_SECONDS && row.lastSeenUs > run.to * 1e6 - shiftUs) yield row;
  }
}

/**
 * How far apart two hops see the same packet: the way between them and the difference of their clocks, microseconds. The
 * connection's first packet tells, and others between the two nodes, which may have met a queue that it did not.
 */
function clockShiftUs(before: PathHop, after: PathHop, known: LossOptions["nodeShiftsUs"]): number {
  const fallback = before.node === after.node ? DEFAULT_SHIFT_US.sameNode : DEFAULT_SHIFT_US.acrossNodes;
  const ofNodes = known?.get(`${before.node}>${after.node}`);
  const first = (hop: PathHop) =>
    hop.rows.find((row) => (row.rowFlags & ROW_FIRST) !== 0 && row.packets > 0)?.firstSeenUs;
  const [from, to] = [first(before), first(after)];
  if (from === undefined || to === undefined) return ofNodes ?? fallback;
  return Math.max(Math.abs(to - from), ofNodes ?? 0, DEFAULT_SHIFT_US.sameNode);
}

/**
 * What one hop's sequence numbers say where the other side has no agent. Bytes that came late or never were lost, or overtaken,
 * `before` this hop; bytes that came twice were lost `after` it, or sent again without need. The figure is therefore a bound from above.
 */
export function singleEndedLoss(hop: PathHop, side: "before" | "after", options: LossOptions): Loss {
  const kept: HopRow[] = [];
  const doubts = new Set<Doubt>();
  let leftOut = 0;
  for (const row of hop.rows) {
    const sampled = (row.rowFlags & ROW_SAMPLED) !== 0;
    const doubt = sampled ? "sampled" : options.completeness.doubt(hop.node, row.windowStart);
    if (doubt === undefined) kept.push(row);
    else {
      doubts.add(doubt);
      leftOut++;
    }
  }
  const sum = sumCounters(kept);
  const missing =
    side === "before" ? Math.max(0, sum.gapBytes) + sum.outOfOrderBytes : sum.retransmittedBytes;
  const sent = side === "before" ? sum.payloadBytes + Math.max(0, sum.gapBytes) : sum.payloadBytes;
  const trials = sum.payloadPackets - sum.superFrames + sum.superFrameSegments;
  const payload =
    kept.length === 0 ? null : lossFigure({ sent, missing, trials, edge: 0, floor: options.floorPackets });
  const certain = side === "before" && sent > 0 ? Math.max(0, sum.gapBytes) / sent : 0;
  return {
    basis: "single-ended",
    payload:
      payload === null || typeof payload === "string"
        ? null
        : { ...payload, low: Math.min(payload.low, wilsonBound(certain, Math.max(1, trials)).low) },
    empty: null,
    why: payload === null ? [...doubts] : typeof payload === "string" ? [payload] : [],
    sentPayloadBytes: sent,
    missingPayloadBytes: missing,
    sentEmptyPackets: 0,
    missingEmptyPackets: 0,
    windows: { measured: new Set(kept.map((row) => row.windowStart)).size, leftOut },
  };
}
