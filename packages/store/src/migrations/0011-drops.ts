import {
  connectionRowsFromDrops,
  connectionRowsFromHops,
  JUDGED_FIELDS,
  tupleType,
} from "../connection-row.js";
import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";
import { EDGES_BY_MINUTE } from "./0003-edges.js";

const END = (end: string) => `
  ${end}_kind LowCardinality(String),
  ${end}_namespace LowCardinality(String),
  ${end}_workload_kind LowCardinality(String),
  ${end}_workload LowCardinality(String),
  ${end}_pod LowCardinality(String),
  ${end}_node LowCardinality(String),`;

/** Makes the view where it is not there, and gives it this body where it is. */
const view = (name: string, table: string, body: string) => [
  `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} ${ON_CLUSTER} TO ${table} AS\n${body}`,
  `ALTER TABLE ${name} ${ON_CLUSTER} MODIFY QUERY\n${body}`,
];

/**
 * One row per piece of drop evidence: who dropped packets of which connection, in one second. And what comes of it:
 * connections that are `dropped`, with the verdict that policy gave when they began.
 *
 * The bodies of the views on `hops` and `connections` stand here, as the last migration that changed them; the table's columns
 * come before them, and rows that arrive in between lack them and nothing else.
 */
export const drops: Migration = {
  number: 11,
  name: "drops",
  statements: [
    `CREATE TABLE IF NOT EXISTS drops ${ON_CLUSTER} (
  connection_id UInt64,
  window_start DateTime('UTC'),
  dropped_us UInt64 CODEC(Delta, LZ4),
  node LowCardinality(String),
  source LowCardinality(String),
  group UInt16,
  prefix String,
  reason LowCardinality(String),
  policy_kind LowCardinality(String),
  policy_namespace LowCardinality(String),
  policy_name LowCardinality(String),
  policy_direction LowCardinality(String),
  in_interface LowCardinality(String),
  out_interface LowCardinality(String),
  is_reply UInt8,
  protocol UInt8,
  client_address IPv6,
  client_port UInt16,
  server_address IPv6,
  server_port UInt16,
  original_client_address IPv6,
  original_client_port UInt16,
  original_server_address IPv6,
  original_server_port UInt16,
  translation LowCardinality(String),
  initiator_by LowCardinality(String),${END("client")}${END("server")}
  service_namespace LowCardinality(String),
  service_name LowCardinality(String),
  service_port_name LowCardinality(String),
  verdict LowCardinality(String),
  verdict_reason String CODEC(ZSTD),
  packets UInt64,
  bytes UInt64,
  packet String CODEC(ZSTD),
  ingested_at DateTime64(6, 'UTC') CODEC(Delta, LZ4),
  INDEX by_arrival ingested_at TYPE minmax GRANULARITY 1
)
${mergeTree({ partitionBy: "toDate(window_start)", orderBy: "toStartOfTenMinutes(window_start), connection_id, dropped_us" })}`,
    `ALTER TABLE connections ${ON_CLUSTER}
  ADD COLUMN IF NOT EXISTS judged SimpleAggregateFunction(max, ${tupleType(JUDGED_FIELDS)}),
  ADD COLUMN IF NOT EXISTS verdicts SimpleAggregateFunction(groupBitOr, UInt8)`,
    ...view("connections_from_hops", "connections", connectionRowsFromHops()),
    ...view("edges_1m_from_connections", "edges_1m", EDGES_BY_MINUTE),
    ...view("connections_from_drops", "connections", connectionRowsFromDrops()),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_from_drops ${ON_CLUSTER} TO arrivals AS
SELECT d.ingested_at AS ingested_at, d.connection_id AS connection_id, max(d.window_start) AS window_start
FROM drops AS d WHERE d.connection_id != 0 GROUP BY d.ingested_at, d.connection_id`,
  ],
};
