import { type Entity, entityKindSchema, type TimeRange } from "@hopline/api";
import { z } from "zod";
import { SEEN } from "../connection-row.js";
import type { ConnectionFailures } from "../records.js";
import { alignRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

const count = z.coerce.number();
const failuresSchema = z.object({
  client_kind: entityKindSchema.catch("unknown"),
  client_namespace: z.string(),
  client_workload_kind: z.string(),
  client_workload: z.string(),
  server_kind: entityKindSchema.catch("unknown"),
  server_namespace: z.string(),
  server_workload_kind: z.string(),
  server_workload: z.string(),
  begun: count,
  unanswered: count,
  reset: count,
  nodes: z.array(z.string()),
  unanswered_ids: z.array(z.string()),
  reset_ids: z.array(z.string()),
});
type FailuresRow = z.output<typeof failuresSchema>;

const ENDS = ["client", "server"].flatMap((end) =>
  ["kind", "namespace", "workload_kind", "workload"].map((field) => `${end}_${field}`),
);
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
    `SELECT ${ENDS.join(", ")}, count() AS begun,
  countIf(outcome = 'unanswered') AS unanswered,
  countIf(outcome = 'refused' OR bitAnd(seen, ${SEEN.replyRst}) != 0) AS reset,
  arrayFilter(node -> node != '', groupUniqArrayArray(16)([toString(client_node), toString(server_node)])) AS nodes,
  ${IDS("outcome = 'unanswered'")} AS unanswered_ids,
  ${IDS(`outcome = 'refused' OR bitAnd(seen, ${SEEN.replyRst}) != 0`)} AS reset_ids
FROM (${resolvedConnections([...ENDS, "client_node", "server_node", "protocol", "verdict", "outcome", "seen", "first_seen_us"])})
WHERE protocol = ${TCP} AND verdict != 'denied'
  AND first_seen_us >= {begun_from:UInt64} AND first_seen_us < {begun_to:UInt64}
GROUP BY ${ENDS.join(", ")}
HAVING unanswered + reset > 0
ORDER BY unanswered + reset DESC, ${ENDS.join(", ")} LIMIT ${MOST_EDGES}`,
    {
      ...resolvedParameters(alignRange({ from: begun.from, to: nowMs }, WINDOW_SECONDS), nowMs),
      begun_from: Math.floor(begun.from * 1000),
      begun_to: Math.floor(begun.to * 1000),
    },
  );
  return rows.map((row) => ({
    client: entity(row, "client"),
    server: entity(row, "server"),
    begun: row.begun,
    unanswered: row.unanswered,
    reset: row.reset,
    nodes: row.nodes,
    unansweredIds: row.unanswered_ids,
    resetIds: row.reset_ids,
  }));
}

function entity(row: FailuresRow, end: "client" | "server"): Entity {
  return {
    kind: row[`${end}_kind`],
    namespace: row[`${end}_namespace`],
    workloadKind: row[`${end}_workload_kind`],
    name: row[`${end}_workload`],
  };
}
