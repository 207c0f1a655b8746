import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";

/**
 * Which connections had rows arrive when, for some hours: the live tail reads from it what moved, and an insert whether it
 * was taken or was a duplicate.
 */
export const arrivals: Migration = {
  number: 5,
  name: "arrivals",
  statements: [
    `CREATE TABLE IF NOT EXISTS arrivals ${ON_CLUSTER} (
  ingested_at DateTime64(6, 'UTC') CODEC(Delta, LZ4),
  connection_id UInt64,
  window_start DateTime('UTC')
)
${mergeTree({ partitionBy: "toStartOfHour(ingested_at)", orderBy: "ingested_at, connection_id" })}`,
    `ALTER TABLE arrivals ${ON_CLUSTER} MODIFY TTL toDateTime(ingested_at) + toIntervalHour(6)`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_from_hops ${ON_CLUSTER} TO arrivals AS
SELECT h.ingested_at AS ingested_at, h.connection_id AS connection_id, max(h.window_start) AS window_start
FROM hops AS h GROUP BY h.ingested_at, h.connection_id`,
  ],
};
