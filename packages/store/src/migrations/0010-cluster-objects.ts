import type { Migration } from "../migration.js";
import { ON_CLUSTER, replacingMergeTree } from "../table-engine.js";

/**
 * What the cluster's objects said, and when: policies, and the labels that they select by. A version that lasts ends at
 * 2100; it is inserted again when it ends. Where its begin is not known to the moment, it is not before `begins_after`.
 */
export const clusterObjects: Migration = {
  number: 10,
  name: "cluster_objects",
  statements: [
    `CREATE TABLE IF NOT EXISTS cluster_objects ${ON_CLUSTER} (
  kind LowCardinality(String),
  namespace LowCardinality(String),
  name String,
  version String,
  begins_after DateTime64(3, 'UTC'),
  valid_from DateTime64(3, 'UTC'),
  valid_to DateTime64(3, 'UTC'),
  body String CODEC(ZSTD),
  updated_at DateTime64(6, 'UTC')
)
${replacingMergeTree("updated_at", { orderBy: "kind, namespace, name, valid_from, version" })}`,
  ],
};
