import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";

/** Who looked at or exported what. */
export const auditLog: Migration = {
  number: 14,
  name: "audit_log",
  statements: [
    `CREATE TABLE IF NOT EXISTS audit_log ${ON_CLUSTER} (
  at DateTime64(3, 'UTC'),
  actor String,
  address String,
  action LowCardinality(String),
  target String,
  query String CODEC(ZSTD),
  rows UInt64,
  bytes UInt64,
  detail String CODEC(ZSTD)
)
${mergeTree({ partitionBy: "toYYYYMM(at)", orderBy: "at" })}`,
  ],
};
