import type { Completeness } from "./completeness.js";
import { type CrossedRow, crossedRows, type ExpectedHop, expectedHops, rankOnNode } from "./expected-hops.js";
import { type Counters, type HopRow, sumCounters } from "./hop-row.js";
import type { Direction, PathConnection } from "./path-connection.js";

/**
 * `seen`: it counted packets. `silent`: the first that should have and did not. `unreached`: beyond the silent one, so nothing
 * follows. `waiting`: it may still report. `uncertain`: its node's windows are incomplete, or a later hop counted what it did not. `unwatched`: no agent runs there.
 */
export type HopState = "seen" | "silent" | "unreached" | "waiting" | "uncertain" | "unwatched";

/** One hop of one direction of a path, with what it counted over all windows and interfaces. */
export interface PathHop extends ExpectedHop {
  readonly state: HopState;
  /** Names of the interfaces that counted; more than one where routes are many. */
  readonly interfaces: readonly string[];
  /** Zeros where nothing was seen. */
  readonly counters: Counters;
  /** Microseconds since the Unix epoch by the node's own clock; null where nothing was seen. */
  readonly firstSeenUs: number | null;
  readonly lastSeenUs: number | null;
  /** Round trips from here to the direction's receiver and back, microseconds. */
  readonly handshakeUs: number | null;
  readonly dataRoundTripUs: number | null;
  /** `none`, `vxlan`, …, as it was here. */
  readonly encapsulation: string;
  readonly outerSource: string | null;
  readonly outerDestination: string | null;
  readonly vni: number | null;
  /** Its rows, of which there is at most one for each window and interface. */
  readonly rows: readonly HopRow[];
}

/** How much longer than another's one agent's row of a connection's first packet may take, by default. */
export const REPORT_MS = 4000;
/** What is told so long after it happened comes from a file, or lay on a disk: nothing more is on its way. */
const LIVE_MS = 60_000;

export interface HopOptions {
  readonly completeness: Completeness;
  readonly nowMs: number;
  readonly reportMs: number;
}

/** The hops of one direction in the order in which its packets pass them. Optional hops stand there only where they were seen. */
export function pathHops(
  connection: PathConnection,
  rows: readonly HopRow[],
  direction: Direction,
  options: HopOptions,
): PathHop[] {
  const crossed = crossedRows(connection, rows, direction);
  const hops = placeRows(expectedHops(connection, crossed, direction), crossed)
    .filter(({ expected, at }) => !expected.optional || at.length > 0)
    .map(({ expected, at }) => toPathHop(expected, at));
  return withStates(hops, options);
}

interface Placed {
  readonly expected: ExpectedHop;
  readonly at: HopRow[];
}

/** Rows at their places; a place that nobody expected is put in by its rank on its node. */
function placeRows(expected: readonly ExpectedHop[], crossed: readonly CrossedRow[]): Placed[] {
  const placed: Placed[] = expected.map((hop) => ({ expected: hop, at: [] }));
  for (const { row, role, crossing } of crossed) {
    let place = placed.find(
      ({ expected: hop }) => hop.node === row.node && hop.role === role && hop.crossing === crossing,
    );
    if (place === undefined) {
      const inside =
        placed.find(({ expected: hop }) => hop.node === row.node)?.expected.inside ?? "source node";
      place = { expected: { node: row.node, role, crossing, optional: true, inside }, at: [] };
      placed.splice(positionOn(placed, row.node, rankOnNode(role, crossing)), 0, place);
    }
    place.at.push(row);
  }
  return placed;
}

function positionOn(placed: readonly Placed[], node: string, rank: number): number {
  const after = placed.findIndex(
    ({ expected }) => expected.node === node && rankOnNode(expected.role, expected.crossing) > rank,
  );
  if (after >= 0) return after;
  const last = placed.findLastIndex(({ expected }) => expected.node === node);
  return last < 0 ? placed.length : last + 1;
}

function toPathHop(expected: ExpectedHop, rows: readonly HopRow[]): PathHop {
  const counters = sumCounters(rows);
  const counted = rows.filter((row) => row.packets > 0);
  const handshakes = rows.flatMap((row) => row.handshakeUs ?? []);
  const wrapped = rows.find((row) => row.encapsulation !== "none");
  return {
    ...expected,
    state: counters.packets > 0 ? "seen" : "silent",
    interfaces: [...new Set(counted.map((row) => row.interface))].sort(),
    counters,
    firstSeenUs: counted.length === 0 ? null : Math.min(...counted.map((row) => row.firstSeenUs)),
    lastSeenUs: counted.length === 0 ? null : Math.max(...counted.map((row) => row.lastSeenUs)),
    handshakeUs: handshakes.length === 0 ? null : Math.max(...handshakes),
    dataRoundTripUs:
      counters.dataRoundTripCount === 0 ? null : counters.dataRoundTripSumUs / counters.dataRoundTripCount,
    encapsulation: wrapped?.encapsulation ?? "none",
    outerSource: wrapped?.outerSource ?? null,
    outerDestination: wrapped?.outerDestination ?? null,
    vni: wrapped?.vni ?? null,
    rows,
  };
}

/** Which of the hops without packets are silent, and which have an excuse. */
function withStates(hops: readonly PathHop[], options: HopOptions): PathHop[] {
  const lastSeen = hops.findLastIndex((hop) => hop.state === "seen");
  let silent = false;
  return hops.map((hop, index) => {
    if (hop.state === "seen") return hop;
    // What came after it counted, so packets passed here: it is the counting that failed.
    if (index < lastSeen) return { ...hop, state: excuseOf(hop, hops, index, options) ?? "uncertain" };
    if (lastSeen < 0 || silent)
      return { ...hop, state: options.completeness.hasAgent(hop.node) ? "unreached" : "unwatched" };
    const excuse = excuseOf(hop, hops, index, options);
    if (excuse !== undefined) return { ...hop, state: excuse };
    silent = true;
    return hop;
  });
}

/** By when its rows came, not by when its packets did: nodes' clocks may be wrong. */
function isWaiting(before: PathHop, nowMs: number, reportMs: number): boolean {
  return isLive(before) && nowMs - arrivedMsOf(before) < reportMs;
}

function isLive(hop: PathHop): boolean {
  return hop.firstSeenUs !== null && Math.abs(arrivedMsOf(hop) - hop.firstSeenUs / 1000) < LIVE_MS;
}

function arrivedMsOf({ rows }: PathHop): number {
  return Math.min(...rows.filter((row) => row.packets > 0).map((row) => row.arrivedMs));
}

function excuseOf(
  hop: PathHop,
  hops: readonly PathHop[],
  index: number,
  { completeness, nowMs, reportMs }: HopOptions,
): HopState | undefined {
  if (!completeness.hasAgent(hop.node)) return "unwatched";
  const before = hops.slice(0, index).findLast(({ state }) => state === "seen");
  if (before !== undefined && isWaiting(before, nowMs, reportMs)) return "waiting";
  // One that is behind for long has an incomplete window, which says so below.
  if (before !== undefined && isWaiting(before, nowMs, LIVE_MS) && !completeness.isOnTime(hop.node))
    return "waiting";
  const windows = [...new Set(before?.rows.filter((row) => row.packets > 0).map((row) => row.windowStart))];
  if (windows.length === 0) return undefined;
  // One complete window in which nothing came is enough, and so is one that is open as long as its agent is alive.
  const telling = windows.some((window) => {
    const doubt = completeness.doubt(hop.node, window);
    return doubt === undefined || (doubt === "not-settled" && completeness.isLive(hop.node, window));
  });
  return telling ? undefined : "uncertain";
}
