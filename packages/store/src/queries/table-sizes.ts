import { z } from "zod";
import type { Database } from "../database.js";

export interface TableSize {
  readonly name: string;
  readonly rows: number;
  /** On disk, compressed. */
  readonly bytes: number;
}

const sizeSchema = z.object({ name: z.string(), rows: z.coerce.number(), bytes: z.coerce.number() });

/** Rows and bytes on disk of each of our tables that has rows, the largest first. */
export function tableSizes(database: Database): Promise<TableSize[]> {
  return database.query(
    "the sizes of tables",
    sizeSchema,
    `SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC, name`,
  );
}
