import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";

const END = (end: string) => `
  ${end}_kind LowCardinality(String),
  ${end}_namespace LowCardinality(String),
  ${end}_workload_kind LowCardinality(String),
  ${end}_workload LowCardinality(String),
  ${end}_pod LowCardinality(String),
  ${end}_node LowCardinality(String),`;

/**
 * DNS questions: client × server × name × type × response code × observation point × window. The order keeps an hour's
 * questions of one name together.
 */
export const dns: Migration = {
  number: 9,
  name: "dns",
  statements: [
    `CREATE TABLE IF NOT EXISTS dns ${ON_CLUSTER} (
  window_start DateTime('UTC'),
  node LowCardinality(String),
  interface_index Int32,
  interface LowCardinality(String),
  role LowCardinality(String),
  direction UInt8,
  attached_address IPv6,
  protocol UInt8,
  client_address IPv6,
  server_address IPv6,
  server_port UInt16,
  name String CODEC(ZSTD),
  type UInt16,
  code UInt8,
  questions UInt64 CODEC(T64, LZ4),
  latency_sum_us Float64,
  latency_max_us Float64,${END("client")}${END("server")}
  reporter UInt8,
  ingested_at DateTime64(6, 'UTC') CODEC(Delta, LZ4),
  INDEX by_arrival ingested_at TYPE minmax GRANULARITY 1
)
${mergeTree({
  partitionBy: "toDate(window_start)",
  orderBy: "toStartOfHour(window_start), name, client_namespace, client_workload, window_start",
})}`,
  ],
};
