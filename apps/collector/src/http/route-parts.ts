import type { Admission } from "../ingest/admission.js";
import type { BatchIntake } from "../ingest/batch-intake.js";
import type { CollectorMetrics } from "../metrics.js";
import type { StatusReport } from "../status-report.js";
import type { StoreKeeper } from "../store-keeper.js";
import type { LiveTail } from "../stream/live-tail.js";

/** What routes answer from. Each takes what it needs. */
export interface RouteParts {
  readonly keeper: StoreKeeper;
  readonly intake: BatchIntake;
  readonly admission: Admission;
  readonly tail: LiveTail;
  readonly statusReport: StatusReport;
  readonly metrics: CollectorMetrics;
}
