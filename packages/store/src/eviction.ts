import { z } from "zod";
import type { Database } from "./database.js";
import { tableSizes } from "./queries/table-sizes.js";
import { ON_CLUSTER } from "./table-engine.js";

export interface Eviction {
  readonly table: string;
  /** The partition's own name, as in `system.parts`. */
  readonly partition: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface EvictionResult {
  /** Bytes of all tables before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** What was dropped, in that order. */
  readonly evicted: readonly Eviction[];
}

/** In the order in which they give way: what is largest and soonest of no use first. The rest is never evicted. */
const EVICTABLE = ["hops", "node_states", "dns", "connections", "drops", "edges_1m"] as const;

const partitionSchema = z.object({
  table: z.enum(EVICTABLE),
  id: z.string(),
  partition: z.string(),
  rows: z.coerce.number(),
  bytes: z.coerce.number(),
});

/**
 * Drops whole partitions, the oldest of the first table first, until all tables together take `maxBytes` or less. The newest
 * partition of each table stays: rows are arriving there.
 */
export async function evictOldest(database: Database, maxBytes: number): Promise<EvictionResult> {
  const bytesBefore = await totalBytes(database);
  const evicted: Eviction[] = [];
  let excess = bytesBefore - maxBytes;
  if (excess > 0) {
    const partitions = await evictablePartitions(database);
    for (const { table, id, partition, rows, bytes } of partitions) {
      if (excess <= 0) break;
      // An identifier of a partition is made of digits by ClickHouse itself.
      await database.command(
        `eviction from ${table}`,
        `ALTER TABLE ${table} ${ON_CLUSTER} DROP PARTITION ID '${id}'`,
      );
      evicted.push({ table, partition, rows, bytes });
      excess -= bytes;
    }
  }
  return {
    bytesBefore,
    bytesAfter: evicted.length === 0 ? bytesBefore : await totalBytes(database),
    evicted,
  };
}

async function totalBytes(database: Database): Promise<number> {
  return (await tableSizes(database)).reduce((sum, table) => sum + table.bytes, 0);
}

async function evictablePartitions(database: Database) {
  const order = EVICTABLE.map((table) => `'${table}'`).join(", ");
  return database.query(
    "partitions",
    partitionSchema,
    `SELECT table, id, partition, rows, bytes FROM (
  SELECT table, partition_id AS id, any(p.partition) AS partition, sum(p.rows) AS rows, sum(p.bytes_on_disk) AS bytes,
    row_number() OVER (PARTITION BY table ORDER BY partition_id DESC) AS age
  FROM system.parts AS p
  WHERE p.active AND p.database = currentDatabase() AND p.table IN (${order})
  GROUP BY table, partition_id
)
WHERE age > 1
ORDER BY indexOf([${order}], table), id`,
  );
}
