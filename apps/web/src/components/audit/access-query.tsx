import type { AuditEntry } from "@hopline/api";
import { askedParts } from "./access-words";

/** What was asked for, and of an export the sum by which its file is known. */
export function AccessQuery({ entry }: { entry: AuditEntry }) {
  return (
    <span className="block min-w-48 font-mono text-2xs leading-4.5 break-words [overflow-wrap:anywhere]">
      {askedParts(entry).join("  ")}
      {entry.detail === "" ? null : <span className="block text-muted">{entry.detail}</span>}
    </span>
  );
}
