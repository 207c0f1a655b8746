import type { Database } from "../database.js";
import type { RetentionSettings } from "../retention.js";

/** What every query needs beside what was asked. */
export interface QueryContext {
  readonly database: Database;
  readonly retention: RetentionSettings;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** Rows that this process stored with an earlier stamp (microseconds) are all visible, and none will be added. */
  readonly settledBeforeUs: number;
  /** Whether this process has stored, or has begun to store, rows with that stamp or a later one. */
  readonly insertedSince: (stampUs: number) => boolean;
}
