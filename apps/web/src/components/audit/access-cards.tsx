import type { AuditEntry } from "@hopline/api";
import { CardList } from "../surface/card-list";
import { ClockText } from "../time/clock-text";
import { AccessQuery } from "./access-query";
import { actionName, entryKey, gotText } from "./access-words";

/** The log where there is no room for columns. */
export function AccessCards({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <CardList
      label="Who looked at or exported what"
      data-access-log
      rows={entries}
      keyOf={entryKey}
      card={(entry) => (
        <>
          <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
            <span className="font-medium [overflow-wrap:anywhere]">{entry.actor}</span>
            <span className="font-mono text-2xs text-muted">
              <ClockText timeMs={entry.at} form="date" />
            </span>
          </p>
          <p className="text-xs">
            {actionName(entry.action)}: {gotText(entry)}, from {entry.address}
          </p>
          <AccessQuery entry={entry} />
        </>
      )}
    />
  );
}
