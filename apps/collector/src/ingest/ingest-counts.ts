import type { BatchKind } from "@hopline/batch";
import type { CollectorMetrics } from "../metrics.js";

/** What has come in since the start: for the status, and the same for Prometheus. */
export class IngestCounts {
  readonly #metrics: CollectorMetrics;
  batches = 0;
  duplicates = 0;
  rows = 0;
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

  rejected(code: string): void {
    this.rejectedBatches++;
    this.#metrics.rejected.inc({ code });
  }

  unnamed(rows: number): void {
    this.unnamedRows += rows;
    this.#metrics.unnamedRows.inc(rows);
  }
}
