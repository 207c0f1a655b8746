import type { AuditEntry } from "@hopline/api";
import type { Database } from "./database.js";

/** Writes one access down. */
export function insertAuditEntry(database: Database, entry: AuditEntry): Promise<void> {
  return database.insertRows("audit_log", [
    { ...entry, at: new Date(entry.at).toISOString().replace("T", " ").replace("Z", "") },
  ]);
}
