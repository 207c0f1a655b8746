import type { AgentReports } from "../agent-reports.js";
import type { AuditExport } from "../audit/audit-export.js";
import type { AuditLog } from "../audit/audit-log.js";
import type { Clock } from "../clock.js";
import type { Admission } from "../ingest/admission.js";
import type { BatchIntake } from "../ingest/batch-intake.js";
import type { CollectorMetrics } from "../metrics.js";
import type { PolicyCluster } from "../policy-report/policy-cluster.js";
import type { StatusReport } from "../status-report.js";
import type { StoreKeeper } from "../store-keeper.js";
import type { LiveTail } from "../stream/live-tail.js";
import type { Watches } from "../watch/watches.js";

/** What routes answer from. Each takes what it needs. */
export interface RouteParts {
  readonly agentReports: AgentReports;
  readonly keeper: StoreKeeper;
  readonly intake: BatchIntake;
  readonly admission: Admission;
  readonly tail: LiveTail;
  readonly statusReport: StatusReport;
  readonly metrics: CollectorMetrics;
  readonly watches: Watches;
  readonly auditLog: AuditLog;
  readonly auditExport: AuditExport;
  readonly policyCluster: PolicyCluster;
  readonly clock: Clock;
}
