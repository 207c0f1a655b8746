import type { BatchKind } from "@hopline/batch";
import type { CollectorMetrics } from "../metrics.js";

/** What is wrong with the batch itself: the agent does not send it again. */
const FINAL_CODES: ReadonlySet<string> = new Set(["BATCH_INVALID", "BATCH_DAMAGED", "STORE_BATCH_REJECTED"]);

/** What has come in since the start: for the status, and the same for Prometheus. */
export class IngestCounts {
  readonly #metrics: CollectorMetrics;
  batches = 0;
  duplicates = 0;
  rows = 0;
  /** Refused for good: their rows are lost. What is put off comes again. */
  rejectedBatches = 0;
  unnamedRows = 0;

  constructor(metrics: CollectorMetrics) {
    this.#metrics = metrics;
  }

  stored(kind: BatchKind, rows: number, bytes: number, duplicate: boolean): void {
    this.#metrics.bytes.inc(bytes);
    if (duplicate) {
      this.duplicates++;
      this.#metrics.duplicates.inc();
      return;
    }
    this.batches++;
    this.rows += rows;
    this.#metrics.batches.inc({ kind });
    this.#metrics.rows.inc({ kind }, rows);
  }

  /** @param code of the Fault that the agent is told */
  refused(code: string): void {
    if (FINAL_CODES.has(code)) {
      this.rejectedBatches++;
      this.#metrics.rejected.inc({ code });
    } else this.#metrics.deferred.inc({ code });
  }

  /** Rows of what rules logged that are no drops: allowed, or nobody can tell. */
  notDrops(rows: number): void {
    this.#metrics.notDrops.inc(rows);
  }

  unnamed(rows: number): void {
    this.unnamedRows += rows;
    this.#metrics.unnamedRows.inc(rows);
  }
}
