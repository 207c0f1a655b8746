import type { AuditEntry } from "@hopline/api";
import { ClockText } from "../time/clock-text";
import { AccessQuery } from "./access-query";
import { actionName, entryKey, gotText } from "./access-words";

/** The log where there is no room for columns. */
export function AccessCards({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <ul
      aria-label="Who looked at or exported what"
      data-access-log
      className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface shadow-card"
    >
      {entries.map((entry) => (
        <li key={entryKey(entry)} className="space-y-1 px-3 py-2.5 text-sm">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-medium [overflow-wrap:anywhere]">{entry.actor}</span>
            <span className="font-mono text-2xs text-muted">
              <ClockText timeMs={entry.at} form="date" />
            </span>
          </p>
          <p className="text-xs">
            {actionName(entry.action)}: {gotText(entry)}, from {entry.address}
          </p>
          <AccessQuery entry={entry} />
        </li>
      ))}
    </ul>
  );
}
