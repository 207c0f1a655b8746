/**
 * Every `ENGINE` clause and every place that a statement's reach is named, in one file. On a cluster these become
 * `ON CLUSTER`, `Replicated…MergeTree` and a `Distributed` table sharded by `connection_id` (so that the hops of a
 * connection meet on one shard); no migration and no query needs to know.
 */

/** Follows the name in `CREATE TABLE`, `CREATE MATERIALIZED VIEW` and `ALTER TABLE`. */
export const ON_CLUSTER = "";

/**
 * How many insert tokens a table remembers. An agent sends a batch again when no acknowledgement came, so within
 * seconds to minutes; at one batch a second from each of a hundred nodes this is more than three minutes.
 */
const REMEMBERED_TOKENS = 20_000;

export interface TableLayout {
  readonly partitionBy?: string;
  readonly orderBy: string;
}

export function mergeTree(layout: TableLayout): string {
  return engine("MergeTree", layout);
}

/** Rows with the same `orderBy` become one. */
export function aggregatingMergeTree(layout: TableLayout): string {
  return engine("AggregatingMergeTree", layout);
}

/** Of rows with the same `orderBy`, the one with the highest `versionColumn` stays. */
export function replacingMergeTree(versionColumn: string, layout: TableLayout): string {
  return engine(`ReplacingMergeTree(${versionColumn})`, layout);
}

function engine(name: string, layout: TableLayout): string {
  return [
    `ENGINE = ${name}`,
    ...(layout.partitionBy === undefined ? [] : [`PARTITION BY ${layout.partitionBy}`]),
    `ORDER BY (${layout.orderBy})`,
    // Retention drops whole parts; src/retention.ts sets the TTL itself.
    `SETTINGS non_replicated_deduplication_window = ${REMEMBERED_TOKENS}, ttl_only_drop_parts = 1`,
  ].join("\n");
}
