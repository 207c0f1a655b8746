import type { Database } from "./database.js";
import type { StoredAlert } from "./records.js";

/** @param stampUs microseconds since the Unix epoch: of two versions of an alert the later stamp stays. */
export function insertAlerts(
  database: Database,
  alerts: readonly StoredAlert[],
  stampUs: number,
): Promise<void> {
  return database.insertRows(
    "alerts",
    alerts.map((alert) => ({
      id: alert.id,
      rule: alert.rule,
      severity: alert.severity,
      labels: JSON.stringify(alert.labels),
      state: alert.state,
      resolution: alert.resolution ?? "",
      pending_at: sqlTime(alert.pendingAt),
      fired_at: sqlTime(alert.firedAt ?? 0),
      resolved_at: sqlTime(alert.resolvedAt ?? 0),
      summary: alert.summary,
      link: alert.link,
      facts: JSON.stringify(alert.facts),
      deliveries: JSON.stringify(alert.deliveries),
      updated_at: `${sqlTime(Math.floor(stampUs / 1000))}${String(stampUs % 1000).padStart(3, "0")}`,
    })),
  );
}

/** `2026-11-21 08:00:00.123`, in UTC as all columns are. */
function sqlTime(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
