import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";

/** What was captured against what passed, per node and window; an agent that restarts may give two rows that add up. */
export const completeness: Migration = {
  number: 7,
  name: "completeness",
  statements: [
    `CREATE TABLE IF NOT EXISTS completeness ${ON_CLUSTER} (
  window_start DateTime('UTC'),
  node LowCardinality(String),
  boot_id LowCardinality(String),
  agent_version LowCardinality(String),
  seen_frames UInt64,
  counted_frames UInt64,
  uncounted String,
  dropped_frames UInt64,
  conntrack_lost UInt64,
  active_flows UInt32,
  evicted_flows UInt64,
  interfaces UInt32,
  sampling UInt32,
  agent_flags UInt8,
  ingested_at DateTime64(6, 'UTC') CODEC(Delta, LZ4),
  INDEX by_arrival ingested_at TYPE minmax GRANULARITY 1
)
${mergeTree({ partitionBy: "toYYYYMM(window_start)", orderBy: "window_start, node" })}`,
  ],
};
