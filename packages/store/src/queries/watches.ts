import { type Watch, watchSchema } from "@hopline/api";
import { z } from "zod";
import type { Database } from "../database.js";

export async function insertWatch(database: Database, watch: Watch): Promise<void> {
  await database.insertRows("watches", [
    {
      id: watch.id,
      until: new Date(watch.until).toISOString().replace("T", " ").replace("Z", ""),
      body: JSON.stringify(watch),
    },
  ]);
}

/** Those that still last, of whichever collector, the oldest first. */
export async function activeWatches(database: Database, nowMs: number): Promise<Watch[]> {
  const rows = await database.query(
    "the watches",
    z.object({ body: z.string() }),
    "SELECT any(body) AS body FROM watches WHERE until > fromUnixTimestamp64Milli({now:Int64}) GROUP BY id ORDER BY min(until)",
    { now: Math.floor(nowMs) },
  );
  return rows.map(({ body }) => watchSchema.parse(JSON.parse(body)));
}
