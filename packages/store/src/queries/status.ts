import type { AgentStatus } from "@hopline/api";
import { z } from "zod";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";
import { type TableSize, tableSizes } from "./table-sizes.js";

/** What the store itself knows of packages/api's status. */
export interface StoreStatus {
  readonly kind: "embedded" | "server";
  readonly engineVersion: string;
  readonly tables: readonly TableSize[];
  readonly agents: readonly AgentStatus[];
}

const RECENT_SECONDS = 300;
/** An agent's window arrives a few seconds after it closed; an agent is listed for a day after its last. */
const LATE_AFTER_MS = (2 * WINDOW_SECONDS + 5) * 1000;
const SILENT_AFTER_MS = 60_000;
const LISTED_SECONDS = 86_400;

const count = z.coerce.number();
const agentSchema = z.object({
  node: z.string(),
  agent_version: z.string(),
  last_batch_ms: count,
  seen_frames: count,
  counted_frames: count,
  uncounted: z.array(z.tuple([z.string(), count])),
  dropped_frames: count,
  conntrack_lost: count,
  active_flows: count,
  interfaces: count,
  sampling: count,
});

export async function storeStatus({ database, nowMs }: QueryContext): Promise<StoreStatus> {
  return {
    kind: database.kind,
    engineVersion: database.engineVersion,
    tables: await tableSizes(database),
    agents: await agents({ database, nowMs }),
  };
}

async function agents({ database, nowMs }: Pick<QueryContext, "database" | "nowMs">): Promise<AgentStatus[]> {
  const nowSeconds = Math.floor(nowMs / 1000);
  const rows = await database.query(
    "the agents",
    agentSchema,
    `SELECT node, argMax(agent_version, ingested_at) AS agent_version,
  toUnixTimestamp64Milli(max(ingested_at)) AS last_batch_ms,
  sumIf(seen_frames, recent) AS seen_frames, sumIf(counted_frames, recent) AS counted_frames,
  CAST(sumMapIf(mapApply((reason, frames) -> (reason, toUInt64OrZero(frames)),
    extractKeyValuePairs(uncounted, '=', ',')), recent), 'Array(Tuple(String, UInt64))') AS uncounted,
  sumIf(dropped_frames, recent) AS dropped_frames, sumIf(conntrack_lost, recent) AS conntrack_lost,
  argMax(active_flows, window_start) AS active_flows, argMax(interfaces, window_start) AS interfaces,
  argMax(sampling, window_start) AS sampling
FROM (
  SELECT *, window_start >= toDateTime({recent_from:UInt32}, 'UTC') AS recent FROM completeness
  WHERE window_start >= toDateTime({listed_from:UInt32}, 'UTC')
)
GROUP BY node ORDER BY node`,
    { recent_from: nowSeconds - RECENT_SECONDS, listed_from: nowSeconds - LISTED_SECONDS },
  );
  return rows.map((row) => ({
    node: row.node,
    state: stateOf(nowMs - row.last_batch_ms),
    agentVersion: row.agent_version,
    lastBatchAt: row.last_batch_ms,
    seenFrames: row.seen_frames,
    countedFrames: row.counted_frames,
    droppedFrames: row.dropped_frames,
    uncounted: Object.fromEntries(row.uncounted),
    conntrackLost: row.conntrack_lost,
    activeFlows: row.active_flows,
    interfaces: row.interfaces,
    sampling: row.sampling,
  }));
}

function stateOf(silenceMs: number): AgentStatus["state"] {
  if (silenceMs > SILENT_AFTER_MS) return "silent";
  return silenceMs > LATE_AFTER_MS ? "late" : "live";
}
