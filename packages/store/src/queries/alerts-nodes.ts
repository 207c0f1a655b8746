import { type AgentEvent, agentEvents } from "@hopline/batch";
import { z } from "zod";
import type { QueryContext } from "./query-context.js";

/** A node's agent and kernel, as far as alerts are raised about them. */
export interface NodeFigures {
  readonly node: string;
  readonly lastBatchAtMs: number;
  readonly seenFrames: number;
  readonly droppedFrames: number;
  /** One of so many connections was counted; 1 all. */
  readonly sampling: number;
  readonly agentEvents: readonly AgentEvent[];
  readonly incompleteWindows: number;
  /** Null where the agent does not tell, or there is no limit. */
  readonly conntrack: { readonly entries: number; readonly limit: number } | null;
}

const count = z.coerce.number();
const rowSchema = z.object({
  node: z.string(),
  last_ms: count,
  seen: count,
  dropped: count,
  most_sampling: count,
  flags: count,
  incomplete_windows: count,
});
const nodeNameSchema = z.object({ node: z.string() });
const conntrackSchema = z.object({ node: z.string(), entries: count, entry_limit: count });

const LISTED_SECONDS = 86_400;
/** Agents tell of their node's kernel at least once a minute. */
const STATE_SECONDS = 180;

/**
 * How each node's agent reports and how complete it is; nodes that the cluster no longer has are left out.
 *
 * @param lookBackMs what completeness is summed over
 */
export async function nodeFigures(
  { database, nowMs }: Pick<QueryContext, "database" | "nowMs">,
  lookBackMs: number,
): Promise<NodeFigures[]> {
  const nowSeconds = Math.floor(nowMs / 1000);
  const rows = await database.query(
    "how agents report",
    rowSchema,
    `SELECT node, toUnixTimestamp64Milli(max(ingested_at)) AS last_ms,
  sumIf(seen_frames, recent) AS seen, sumIf(dropped_frames, recent) AS dropped,
  maxIf(sampling, recent) AS most_sampling, groupBitOrIf(agent_flags, recent) AS flags,
  uniqExactIf(window_start, recent AND (dropped_frames > 0 OR agent_flags != 0 OR sampling > 1)) AS incomplete_windows
FROM (
  SELECT *, window_start >= toDateTime({recent_from:UInt32}, 'UTC') AS recent FROM completeness
  WHERE window_start >= toDateTime({listed_from:UInt32}, 'UTC')
)
GROUP BY node ORDER BY node`,
    { recent_from: nowSeconds - Math.ceil(lookBackMs / 1000), listed_from: nowSeconds - LISTED_SECONDS },
  );
  const present = await database.query(
    "the cluster's nodes",
    nodeNameSchema,
    `SELECT DISTINCT name AS node FROM endpoints FINAL
WHERE kind = 'node' AND valid_to > fromUnixTimestamp64Milli({now:Int64})`,
    { now: Math.floor(nowMs) },
  );
  const conntrack = await database.query(
    "conntrack tables",
    conntrackSchema,
    `SELECT node, JSONExtractUInt(latest, 'conntrack', 'entries') AS entries,
  JSONExtractUInt(latest, 'conntrack', 'limit') AS entry_limit
FROM (
  SELECT node, argMax(state, read_at) AS latest FROM node_states
  WHERE read_at >= fromUnixTimestamp64Milli({since:Int64}) GROUP BY node
)`,
    { since: (nowSeconds - STATE_SECONDS) * 1000 },
  );
  const isPresent = new Set(present.map(({ node }) => node));
  const tables = new Map(conntrack.map((row) => [row.node, row]));
  return rows
    .filter(({ node }) => isPresent.size === 0 || isPresent.has(node))
    .map((row) => {
      const table = tables.get(row.node);
      return {
        node: row.node,
        lastBatchAtMs: row.last_ms,
        seenFrames: row.seen,
        droppedFrames: row.dropped,
        sampling: row.most_sampling,
        agentEvents: agentEvents(row.flags),
        incompleteWindows: row.incomplete_windows,
        conntrack:
          table === undefined || table.entry_limit === 0
            ? null
            : { entries: table.entries, limit: table.entry_limit },
      };
    });
}
