import type { Database } from "./database.js";
import type { SentNodeStateReading } from "./records.js";

/** A reading that comes twice is stored twice, and read once. @param stampUs microseconds since the Unix epoch. */
export function insertNodeStates(
  database: Database,
  rows: readonly SentNodeStateReading[],
  stampUs: number,
): Promise<void> {
  return database.insertRows(
    "node_states",
    rows.map(({ node, readAtMs, state }) => ({
      node,
      read_at: sqlTime(readAtMs),
      state: JSON.stringify(state),
      ingested_at: `${sqlTime(stampUs / 1000)}${String(stampUs % 1000).padStart(3, "0")}`,
    })),
  );
}

/** `2026-11-21 08:00:00.123`, in UTC as all columns are. */
function sqlTime(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
