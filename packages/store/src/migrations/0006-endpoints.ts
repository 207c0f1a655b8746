import type { Migration } from "../migration.js";
import { ON_CLUSTER, replacingMergeTree } from "../table-engine.js";

/** Who had an address, and when. An interval that lasts ends at 2100; it is inserted again when it ends. */
export const endpoints: Migration = {
  number: 6,
  name: "endpoints",
  statements: [
    `CREATE TABLE IF NOT EXISTS endpoints ${ON_CLUSTER} (
  address IPv6,
  valid_from DateTime64(3, 'UTC'),
  valid_to DateTime64(3, 'UTC'),
  kind LowCardinality(String),
  namespace LowCardinality(String),
  workload_kind LowCardinality(String),
  name LowCardinality(String),
  pod String,
  node LowCardinality(String),
  updated_at DateTime64(6, 'UTC')
)
${replacingMergeTree("updated_at", { orderBy: "address, valid_from, kind, namespace, name, pod" })}`,
  ],
};
