import type { Entity, TimeRange } from "@hopline/api";
import { z } from "zod";
import { VERDICTS } from "../connection-row.js";
import type { Database } from "../database.js";
import { type AlignedRange, alignRange, inRange, rangeParameters } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { ENTITY_COLUMNS, entityOf, entityShape } from "./end-columns.js";
import type { QueryContext } from "./query-context.js";
import { HEX_ID } from "./read-connections.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

/** Connections from one workload to another that policy denies, and that came through. */
export interface UnenforcedEdge {
  readonly client: Entity;
  readonly server: Entity;
  readonly connections: number;
  /** A few of them, 16 hexadecimal digits each. */
  readonly ids: readonly string[];
}

/** Packets that the rules of one policy dropped on one node. */
export interface PolicyDropRate {
  /** As the rule's log names the policy; all three empty where it names none. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly packets: number;
  readonly pastPackets: number;
}

const count = z.coerce.number();
const edgeSchema = z.object({
  ...entityShape,
  connections: count,
  ids: z.array(z.string()),
});
const MOST_EDGES = 1000;

/** Edges with connections that policy denies, and that came through all the same; the most first. */
export async function unenforcedEdges(
  { database, nowMs }: Pick<QueryContext, "database" | "nowMs">,
  range: TimeRange,
): Promise<UnenforcedEdge[]> {
  const aligned = alignRange(range, WINDOW_SECONDS);
  if (!(await hasDenied(database, aligned))) return [];
  const rows = await database.query(
    "connections that policy denies and nobody stops",
    edgeSchema,
    `SELECT ${ENTITY_COLUMNS.join(", ")}, count() AS connections, groupArray(3)(${HEX_ID}) AS ids
FROM (${resolvedConnections([...ENTITY_COLUMNS, "conformance"])}) WHERE conformance = 'unenforced'
GROUP BY ${ENTITY_COLUMNS.join(", ")} ORDER BY connections DESC, ${ENTITY_COLUMNS.join(", ")} LIMIT ${MOST_EDGES}`,
    resolvedParameters(aligned, nowMs),
  );
  return rows.map((row) => ({
    client: entityOf(row, "client"),
    server: entityOf(row, "server"),
    connections: row.connections,
    ids: row.ids,
  }));
}

/** Where policy denies nothing, which is usual, there is no need of the question that costs ten times as much. */
async function hasDenied(database: Database, range: AlignedRange): Promise<boolean> {
  const rows = await database.query(
    "connections that policy denies",
    z.object({ denied: count }),
    `SELECT count() AS denied FROM connections
WHERE ${inRange("window_start")} AND bitAnd(verdicts, ${VERDICTS.denied}) != 0`,
    rangeParameters(range),
  );
  return rows[0] !== undefined && rows[0].denied > 0;
}

const dropRateSchema = z
  .object({
    policy_kind: z.string(),
    policy_namespace: z.string(),
    policy_name: z.string(),
    node: z.string(),
    packets_now: count,
    past_packets: count,
  })
  .transform(
    (row): PolicyDropRate => ({
      kind: row.policy_kind,
      namespace: row.policy_namespace,
      name: row.policy_name,
      node: row.node,
      packets: row.packets_now,
      pastPackets: row.past_packets,
    }),
  );

/** Packets that rules of policies dropped, by what the evidence names of the policy and by node, now and in the past. */
export async function policyDropRates(
  { database }: Pick<QueryContext, "database">,
  now: TimeRange,
  past: TimeRange,
): Promise<PolicyDropRate[]> {
  const recent = alignRange(now, WINDOW_SECONDS);
  const before = alignRange(past, WINDOW_SECONDS);
  return database.query(
    "drops by policy",
    dropRateSchema,
    `SELECT policy_kind, policy_namespace, policy_name, node,
  sumIf(packets, window_start >= toDateTime({recent_from:UInt32}, 'UTC')) AS packets_now,
  sumIf(packets, window_start < toDateTime({past_to:UInt32}, 'UTC')) AS past_packets
FROM drops WHERE ${inRange("window_start")} AND source = 'nflog'
GROUP BY policy_kind, policy_namespace, policy_name, node
ORDER BY packets_now DESC, policy_kind, policy_namespace, policy_name, node LIMIT ${MOST_EDGES}`,
    {
      ...rangeParameters({ from: before.from, to: recent.to }),
      recent_from: recent.from,
      past_to: before.to,
    },
  );
}
