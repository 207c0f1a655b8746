import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";

/**
 * What a node's kernel was set to do: routes, neighbours, forwarding entries, interfaces, conntrack; one JSON document a reading.
 * And the connections that somebody has captured at all interfaces for a while: all collectors must know of them.
 */
export const nodeStates: Migration = {
  number: 12,
  name: "node_states",
  statements: [
    `CREATE TABLE IF NOT EXISTS node_states ${ON_CLUSTER} (
  node LowCardinality(String),
  read_at DateTime64(3, 'UTC'),
  state String CODEC(ZSTD),
  ingested_at DateTime64(6, 'UTC') CODEC(Delta, LZ4)
)
${mergeTree({ partitionBy: "toDate(read_at)", orderBy: "node, read_at" })}`,
    `CREATE TABLE IF NOT EXISTS watches ${ON_CLUSTER} (
  id String,
  until DateTime64(3, 'UTC'),
  body String
)
${mergeTree({ partitionBy: "toYYYYMM(until)", orderBy: "until, id" })}`,
  ],
};
