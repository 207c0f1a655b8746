import { z } from "zod";
import type { Database } from "../database.js";

export interface DiskSpace {
  /** What is left for us: ClickHouse may be told to keep some of it free. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const diskSchema = z.object({ free: z.coerce.number(), total: z.coerce.number() });

/** Of the disks that hold our tables' parts, the one with the least room; where there are no parts yet, of any. */
export async function diskSpace(database: Database): Promise<DiskSpace> {
  const rows = await database.query(
    "the disk's free space",
    diskSchema,
    `SELECT unreserved_space AS free, total_space AS total FROM system.disks
ORDER BY name IN (SELECT disk_name FROM system.parts WHERE active AND database = currentDatabase()) DESC, free
LIMIT 1`,
  );
  return { freeBytes: rows[0]?.free ?? 0, totalBytes: rows[0]?.total ?? 0 };
}
