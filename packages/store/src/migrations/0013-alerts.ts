import type { Migration } from "../migration.js";
import { ON_CLUSTER, replacingMergeTree } from "../table-engine.js";

/**
 * Every alert from pending to resolved, with what was true when it fired; the latest state of each stays. What has not
 * happened yet lies at 1970. `deliveries` says which state each receiver has taken: `{"https://…": "firing"}`.
 */
export const alerts: Migration = {
  number: 13,
  name: "alerts",
  statements: [
    `CREATE TABLE IF NOT EXISTS alerts ${ON_CLUSTER} (
  id String,
  rule LowCardinality(String),
  severity LowCardinality(String),
  labels String,
  state LowCardinality(String),
  resolution LowCardinality(String),
  pending_at DateTime64(3, 'UTC'),
  fired_at DateTime64(3, 'UTC'),
  resolved_at DateTime64(3, 'UTC'),
  summary String,
  link String,
  facts String CODEC(ZSTD),
  deliveries String,
  updated_at DateTime64(6, 'UTC')
)
${replacingMergeTree("updated_at", {
  partitionBy: "toYYYYMM(pending_at)",
  orderBy: "pending_at, rule, id",
})}`,
  ],
};
