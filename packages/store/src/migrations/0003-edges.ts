import { SEEN } from "../connection-row.js";
import type { Migration } from "../migration.js";
import { isNoticeSql, outcomeSql } from "../outcome.js";
import { aggregatingMergeTree, ON_CLUSTER } from "../table-engine.js";

const END = (end: string) =>
  ["kind", "namespace", "workload_kind", "workload", "node"].map((field): [string, string] => [
    `${end}_${field}`,
    `c.${end}.${field}`,
  ]);

const NOTICE = isNoticeSql("c.protocol", "c.client.port", "c.server_port");

/**
 * Workload × workload × service × port × protocol × node pair × verdict × outcome: each column, and the SQL that makes it out of
 * `connections AS c`.
 *
 * A row shows a connection's window as one node saw it, not its life: what looks unanswered here may be delivered in the
 * next. Readers therefore count a connection under the best outcome of its rows
 * (src/queries/conversation-source.ts), and no age is asked for.
 */
const KEY = new Map<string, string>([
  ...END("client"),
  ...END("server"),
  ["service_namespace", "c.original.service_namespace"],
  ["service_name", "c.original.service_name"],
  ["protocol", "c.protocol"],
  // ICMP's echo identifiers would make each ping an edge of its own.
  ["port", "if(c.protocol IN (1, 58), 0, c.server_port)"],
  ["verdict", "c.judged.verdict"],
  ["outcome", outcomeSql("c.seen", "c.protocol", NOTICE, "1")],
]);
const KEY_TYPES: Readonly<Record<string, string>> = { protocol: "UInt8", port: "UInt16" };
const KEY_NAMES = [...KEY.keys()];

const SUMS = ["forward", "reply"].flatMap((direction) =>
  ["packets", "bytes", "payload_bytes", "retransmitted_bytes"].map((counter) => `${direction}_${counter}`),
);

const table = (name: string, partitionBy: string) => `CREATE TABLE IF NOT EXISTS ${name} ${ON_CLUSTER} (
  window_start DateTime('UTC'),
  ${KEY_NAMES.map((column) => `${column} ${KEY_TYPES[column] ?? "LowCardinality(String)"}`).join(",\n  ")},
  ${SUMS.map((column) => `${column} SimpleAggregateFunction(sum, UInt64)`).join(",\n  ")},
  connections AggregateFunction(uniqCombined64(15), UInt64),
  client_pods AggregateFunction(uniqCombined64(12), UInt64),
  server_pods AggregateFunction(uniqCombined64(12), UInt64),
  handshake AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float32)
)
${aggregatingMergeTree({ partitionBy, orderBy: ["window_start", ...KEY_NAMES].join(", ") })}`;

/**
 * Fed by what is inserted into `connections`: those rows are grouped and named already. Only the reporter's node gives rows
 * with packets of their own, so nothing counts twice; drop evidence comes without packets.
 */
export const EDGES_BY_MINUTE = `SELECT toStartOfMinute(c.window_start) AS window_start,
  ${[...KEY].map(([column, sql]) => `${sql} AS ${column}`).join(",\n  ")},
  ${SUMS.map((column) => `sum(c.${column}) AS ${column}`).join(", ")},
  uniqCombined64State(15)(c.connection_id) AS connections,
  uniqCombined64StateIf(12)(cityHash64(c.client.namespace, c.client.pod), c.client.pod != '') AS client_pods,
  uniqCombined64StateIf(12)(cityHash64(c.server.namespace, c.server.pod), c.server.pod != '') AS server_pods,
  quantilesTDigestStateIf(0.5, 0.95, 0.99)(c.handshake_us, c.handshake_us >= 0) AS handshake
FROM connections AS c
WHERE c.forward_packets > 0 OR c.reply_packets > 0 OR bitAnd(c.seen, ${SEEN.dropped}) != 0
GROUP BY window_start, ${KEY_NAMES.join(", ")}`;

const VIEW_BY_HOUR = `CREATE MATERIALIZED VIEW IF NOT EXISTS edges_1h_from_edges_1m ${ON_CLUSTER} TO edges_1h AS
SELECT toStartOfHour(e.window_start) AS window_start,
  ${KEY_NAMES.map((column) => `e.${column} AS ${column}`).join(", ")},
  ${SUMS.map((column) => `sum(e.${column}) AS ${column}`).join(", ")},
  uniqCombined64MergeState(15)(e.connections) AS connections,
  uniqCombined64MergeState(12)(e.client_pods) AS client_pods,
  uniqCombined64MergeState(12)(e.server_pods) AS server_pods,
  quantilesTDigestMergeState(0.5, 0.95, 0.99)(e.handshake) AS handshake
FROM edges_1m AS e
GROUP BY window_start, ${KEY_NAMES.join(", ")}`;

/**
 * The map's edges by minute and by hour, from what reporters counted. The view by minute was made here; migration 11 gives
 * it today's body, and makes it where it is not there.
 */
export const edges: Migration = {
  number: 3,
  name: "edges",
  statements: [
    table("edges_1m", "toDate(window_start)"),
    table("edges_1h", "toYYYYMM(window_start)"),
    VIEW_BY_HOUR,
  ],
};
