import type { Database } from "./database.js";
import { OPEN_END_MS } from "./insert-endpoints.js";

/** What an object of the cluster was for a stretch of time. Times in Unix milliseconds. */
export interface ClusterObjectVersion {
  readonly kind: string;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Tells states of one object apart. */
  readonly version: string;
  /** JSON; the collector's own. */
  readonly body: string;
  /** It did not begin before this. */
  readonly earliestMs: number;
  readonly fromMs: number;
  /** null while it lasts; `fromMs` where it never was. */
  readonly toMs: number | null;
}

/** @param stampUs microseconds since the Unix epoch: of two rows of a version the later stamp stays. */
export function insertClusterObjects(
  database: Database,
  rows: readonly ClusterObjectVersion[],
  stampUs: number,
): Promise<void> {
  return database.insertRows(
    "cluster_objects",
    rows.map(({ earliestMs, fromMs, toMs, ...object }) => ({
      ...object,
      begins_after: sqlTime(earliestMs),
      valid_from: sqlTime(fromMs),
      valid_to: sqlTime(toMs ?? OPEN_END_MS),
      updated_at: `${sqlTime(stampUs / 1000)}${String(stampUs % 1000).padStart(3, "0")}`,
    })),
  );
}

function sqlTime(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
