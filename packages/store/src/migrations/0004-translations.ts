import type { Migration } from "../migration.js";
import { aggregatingMergeTree, ON_CLUSTER } from "../table-engine.js";

const COLUMNS = [
  ["translation", "String", "c.original.translation"],
  ["original_client_address", "IPv6", "c.client.address"],
  ["original_client_port", "UInt16", "c.client.port"],
  ["original_server_address", "IPv6", "c.original.server_address"],
  ["original_server_port", "UInt16", "c.original.server_port"],
  ["client_kind", "String", "c.client.kind"],
  ["client_namespace", "String", "c.client.namespace"],
  ["client_workload_kind", "String", "c.client.workload_kind"],
  ["client_workload", "String", "c.client.workload"],
  ["client_pod", "String", "c.client.pod"],
  ["client_node", "String", "c.client.node"],
  ["service_namespace", "String", "c.original.service_namespace"],
  ["service_name", "String", "c.original.service_name"],
  ["service_port_name", "String", "c.original.service_port_name"],
] as const;

/**
 * What the client of a translated connection really sent, by the connection's id: a node that saw only the translated
 * tuple finds it here.
 */
export const translations: Migration = {
  number: 4,
  name: "translations",
  statements: [
    `CREATE TABLE IF NOT EXISTS translations ${ON_CLUSTER} (
  day Date,
  connection_id UInt64,
  ${COLUMNS.map(([name, type]) => `${name} SimpleAggregateFunction(anyLast, ${type})`).join(",\n  ")}
)
${aggregatingMergeTree({ partitionBy: "day", orderBy: "connection_id, day" })}`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS translations_from_connections ${ON_CLUSTER} TO translations AS
SELECT toDate(c.window_start) AS day, c.connection_id AS connection_id,
  ${COLUMNS.map(([name, , source]) => `${source} AS ${name}`).join(",\n  ")}
FROM connections AS c
WHERE c.original.translation NOT IN ('none', 'untracked')`,
  ],
};
