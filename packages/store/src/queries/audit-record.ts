import type { AuditNode, TimeRange } from "@hopline/api";
import { AGENT_LATE_INTERFACE, AGENT_LOST_BATCHES, AGENT_STARTED, AGENT_STOPPED } from "@hopline/batch";
import { z } from "zod";
import { type AlignedRange, alignRange, fillRange, inRange, toTimeRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";

/** How much of a range is on record. */
export interface AuditRecord {
  readonly range: TimeRange;
  /** Windows from here on may still be arriving; milliseconds since the Unix epoch, as all times here. */
  readonly openFromMs: number | null;
  /** The first window that any agent reported. */
  readonly recordFromMs: number | null;
  /** The oldest window of a connection that is still there. */
  readonly keptFromMs: number | null;
  /** Where the range begins before what retention keeps: when that begins. */
  readonly retentionFromMs: number | null;
  /** Frames of the range that agents counted on days of which no connection is there any more. */
  readonly framesBeforeKept: number;
  /** Whether it is known which nodes the cluster had. */
  readonly knowsNodes: boolean;
  readonly nodes: readonly AuditNode[];
}

/** A window arrives some seconds after it closed, and its rows may wait for a name. */
const CLOSED_AFTER_MS = 25_000;
const DAY_MS = 86_400_000;
const DAY_SECONDS = 86_400;

const count = z.coerce.number();
const nodeSchema = z.object({
  name: z.string(),
  first: count,
  last: count,
  heard: count,
  complete: count,
  sampled: count,
  interrupted: count,
  lost_batches: count,
  late_interfaces: count,
  dropped: count,
  frames_dropped: count,
  evicted: count,
  flows_evicted: count,
  conntrack: count,
});
const presenceSchema = z.object({ name: z.string(), from_s: count, to_s: count });
const boundsSchema = z.object({ oldest: count, found: count });

/** How much of a range the agents told, node by node, and how far back connections are kept. */
export async function auditRecord(
  { database, nowMs, retention }: QueryContext,
  asked: { readonly from?: number | undefined; readonly to?: number | undefined },
): Promise<AuditRecord> {
  const range = alignRange(fillRange(asked, nowMs), WINDOW_SECONDS);
  const closed = closedPart(range, nowMs);
  const between = { from: closed.from, to: closed.to };
  const rows = await database.query("the completeness of an audit", nodeSchema, NODES_SQL, between);
  const present = await database.query("the nodes of an audit", presenceSchema, PRESENT_SQL, between);
  const recordFrom = await oldest(database, "completeness");
  const keptFrom = await oldest(database, "connections");
  const presences = new Map(present.map((presence) => [presence.name, presence]));
  const heard = new Map(rows.map((row) => [row.name, row]));
  const retentionFromMs =
    retention.connectionsDays === null ? null : nowMs - retention.connectionsDays * DAY_MS;
  return {
    range: toTimeRange(range),
    openFromMs: closed.to < range.to ? closed.to * 1000 : null,
    recordFromMs: recordFrom === null ? null : recordFrom * 1000,
    keptFromMs: keptFrom === null ? null : keptFrom * 1000,
    retentionFromMs: retentionFromMs !== null && retentionFromMs > range.from * 1000 ? retentionFromMs : null,
    framesBeforeKept: await framesBefore(database, closed, keptFrom),
    knowsNodes: present.length > 0,
    nodes: [...new Set([...presences.keys(), ...heard.keys()])].map((node) =>
      toNode(node, heard.get(node), presences.get(node), closed),
    ),
  };
}

function closedPart({ from, to }: AlignedRange, nowMs: number): AlignedRange {
  const closedTo = Math.floor((nowMs - CLOSED_AFTER_MS) / (WINDOW_SECONDS * 1000)) * WINDOW_SECONDS;
  return { from, to: Math.max(from, Math.min(to, closedTo)) };
}

/** An agent that restarts may give two rows for one window. */
const NODES_SQL = `SELECT node AS name, min(toUnixTimestamp(w)) AS first, max(toUnixTimestamp(w)) AS last, count() AS heard,
  countIf(NOT (is_sampled OR flags != 0 OR frames > 0 OR flows > 0 OR events > 0)) AS complete,
  countIf(is_sampled) AS sampled,
  countIf(bitAnd(flags, ${AGENT_STARTED | AGENT_STOPPED}) != 0) AS interrupted,
  countIf(bitAnd(flags, ${AGENT_LOST_BATCHES}) != 0) AS lost_batches,
  countIf(bitAnd(flags, ${AGENT_LATE_INTERFACE}) != 0) AS late_interfaces,
  countIf(frames > 0) AS dropped, sum(frames) AS frames_dropped,
  countIf(flows > 0) AS evicted, sum(flows) AS flows_evicted,
  countIf(events > 0) AS conntrack
FROM (
  SELECT o.node AS node, o.window_start AS w, max(o.sampling) > 1 AS is_sampled, groupBitOr(o.agent_flags) AS flags,
    sum(o.dropped_frames) AS frames, sum(o.evicted_flows) AS flows, sum(o.conntrack_lost) AS events
  FROM completeness AS o WHERE ${inRange("o.window_start")}
  GROUP BY node, w
)
GROUP BY node`;

/** Nodes that the cluster had in the range, and from when until when. */
const PRESENT_SQL = `SELECT e.name AS name, min(toUnixTimestamp(e.valid_from)) AS from_s, max(toUnixTimestamp(e.valid_to)) AS to_s
FROM endpoints AS e FINAL
WHERE e.kind = 'node' AND e.valid_from < toDateTime64({to:UInt32}, 3, 'UTC') AND e.valid_to > toDateTime64({from:UInt32}, 3, 'UTC')
GROUP BY name`;

/** Unix seconds of a table's oldest window; `null` of an empty one. */
async function oldest(
  database: QueryContext["database"],
  table: "completeness" | "connections",
): Promise<number | null> {
  const [bounds] = await database.query(
    `the age of ${table}`,
    boundsSchema,
    `SELECT toUnixTimestamp(min(window_start)) AS oldest, count() AS found FROM ${table}`,
  );
  return bounds === undefined || bounds.found === 0 ? null : bounds.oldest;
}

/** Frames that agents counted on days of which no connection is kept any more: rows go by the day. */
async function framesBefore(
  database: QueryContext["database"],
  { from, to }: AlignedRange,
  keptFrom: number | null,
): Promise<number> {
  const until = keptFrom === null ? to : Math.min(to, Math.floor(keptFrom / DAY_SECONDS) * DAY_SECONDS);
  if (until <= from) return 0;
  const [sum] = await database.query(
    "frames of which no connection is kept",
    z.object({ frames: count }),
    `SELECT sum(counted_frames) AS frames FROM completeness WHERE ${inRange("window_start")}`,
    { from, to: until },
  );
  return sum?.frames ?? 0;
}

function toNode(
  node: string,
  heard: z.output<typeof nodeSchema> | undefined,
  presence: z.output<typeof presenceSchema> | undefined,
  closed: AlignedRange,
): AuditNode {
  const whole = (seconds: number) => Math.ceil(seconds / WINDOW_SECONDS) * WINDOW_SECONDS;
  // The first and last window of a node's life are not whole; an agent that spoke outside of it was there all the same.
  const begin = Math.min(whole(presence?.from_s ?? 0), heard?.first ?? Number.POSITIVE_INFINITY);
  const end = Math.max(
    presence === undefined ? closed.to : Math.floor(presence.to_s / WINDOW_SECONDS) * WINDOW_SECONDS,
    (heard?.last ?? Number.NEGATIVE_INFINITY) + WINDOW_SECONDS,
  );
  const expected = Math.max(0, (Math.min(end, closed.to) - Math.max(begin, closed.from)) / WINDOW_SECONDS);
  return {
    node,
    heard: heard !== undefined,
    expected,
    complete: heard?.complete ?? 0,
    missing: expected - (heard?.heard ?? 0),
    sampled: heard?.sampled ?? 0,
    interrupted: heard?.interrupted ?? 0,
    lostBatches: heard?.lost_batches ?? 0,
    lateInterfaces: heard?.late_interfaces ?? 0,
    dropped: heard?.dropped ?? 0,
    droppedFrames: heard?.frames_dropped ?? 0,
    evicted: heard?.evicted ?? 0,
    evictedFlows: heard?.flows_evicted ?? 0,
    conntrackLost: heard?.conntrack ?? 0,
  };
}
