import type { AuditEntry } from "@hopline/api";
import { type DataColumn, DataTable } from "../surface/data-table";
import { Frame } from "../surface/frame";
import { ClockText } from "../time/clock-text";
import { AccessQuery } from "./access-query";
import { actionName, entryKey, gotText } from "./access-words";

const COLUMNS: readonly DataColumn<AuditEntry>[] = [
  {
    name: "When",
    cell: ({ at }) => (
      <span className="font-mono text-xs whitespace-nowrap">
        <ClockText timeMs={at} form="date" />
      </span>
    ),
  },
  { name: "Who", cell: ({ actor }) => <span className="font-medium">{actor}</span> },
  { name: "From", cell: ({ address }) => <span className="font-mono text-xs">{address}</span> },
  {
    name: "Did",
    cell: ({ action, target }) => (
      <span title={target} className="whitespace-nowrap">
        {actionName(action)}
      </span>
    ),
  },
  {
    name: "Got",
    numeric: true,
    cell: (entry) => <span className="whitespace-nowrap">{gotText(entry)}</span>,
  },
  { name: "Asked for", cell: (entry) => <AccessQuery entry={entry} /> },
];

/** Who looked at or exported what, a line each. */
export function AccessTable({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <Frame data-access-log>
      <DataTable caption="Who looked at or exported what" columns={COLUMNS} rows={entries} keyOf={entryKey} />
    </Frame>
  );
}
