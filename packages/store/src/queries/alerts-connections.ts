import type { Entity, TimeRange } from "@hopline/api";
import { z } from "zod";
import { SEEN } from "../connection-row.js";
import { alignRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { ENTITY_COLUMNS, entityOf, entityShape } from "./end-columns.js";
import type { QueryContext } from "./query-context.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

/** TCP connections from one workload to another that failed. */
export interface ConnectionFailures {
  readonly client: Entity;
  readonly server: Entity;
  /** All that began, failed or not. */
  readonly begun: number;
  readonly unanswered: number;
  /** Refused by an RST, or broken by the server's later. */
  readonly reset: number;
  /** Of both ends; at most sixteen. */
  readonly nodes: readonly string[];
  /** A few of them, 16 hexadecimal digits each. */
  readonly unansweredIds: readonly string[];
  readonly resetIds: readonly string[];
}

const count = z.coerce.number();
const failuresSchema = z.object({
  ...entityShape,
  begun: count,
  unanswered: count,
  reset: count,
  nodes: z.array(z.string()),
  unanswered_ids: z.array(z.string()),
  reset_ids: z.array(z.string()),
});

/** SQL aggregate: three connections that meet a condition, as the API names them. */
const IDS = (condition: string) =>
  `arrayMap(id -> leftPad(lower(hex(id)), 16, '0'), groupArrayIf(3)(connection_id, ${condition}))`;

/** Edges in one answer; those with the most failures. */
const MOST_EDGES = 1000;
const TCP = 6;

/**
 * Edges on which TCP connections that began in this time were not answered, or reset. What policy denies is left out: that
 * nobody answers it is meant. So is UDP, where silence is no failure.
 */
export async function connectionFailures(
  { database, nowMs }: Pick<QueryContext, "database" | "nowMs">,
  begun: TimeRange,
): Promise<ConnectionFailures[]> {
  const rows = await database.query(
    "failing connections",
    failuresSchema,
    `SELECT ${ENTITY_COLUMNS.join(", ")}, count() AS begun,
  countIf(outcome = 'unanswered') AS unanswered,
  countIf(outcome = 'refused' OR bitAnd(seen, ${SEEN.replyRst}) != 0) AS reset,
  arrayFilter(node -> node != '', groupUniqArrayArray(16)([toString(client_node), toString(server_node)])) AS nodes,
  ${IDS("outcome = 'unanswered'")} AS unanswered_ids,
  ${IDS(`outcome = 'refused' OR bitAnd(seen, ${SEEN.replyRst}) != 0`)} AS reset_ids
FROM (${resolvedConnections([...ENTITY_COLUMNS, "client_node", "server_node", "protocol", "verdict", "outcome", "seen", "first_seen_us"])})
WHERE protocol = ${TCP} AND verdict != 'denied'
  AND first_seen_us >= {begun_from:UInt64} AND first_seen_us < {begun_to:UInt64}
GROUP BY ${ENTITY_COLUMNS.join(", ")}
HAVING unanswered + reset > 0
ORDER BY unanswered + reset DESC, ${ENTITY_COLUMNS.join(", ")} LIMIT ${MOST_EDGES}`,
    {
      ...resolvedParameters(alignRange({ from: begun.from, to: nowMs }, WINDOW_SECONDS), nowMs),
      begun_from: Math.floor(begun.from * 1000),
      begun_to: Math.floor(begun.to * 1000),
    },
  );
  return rows.map((row) => ({
    client: entityOf(row, "client"),
    server: entityOf(row, "server"),
    begun: row.begun,
    unanswered: row.unanswered,
    reset: row.reset,
    nodes: row.nodes,
    unansweredIds: row.unanswered_ids,
    resetIds: row.reset_ids,
  }));
}
