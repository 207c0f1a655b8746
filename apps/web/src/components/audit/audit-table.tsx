import type { AuditRow, TimeRange } from "@hopline/api";
import Link from "next/link";
import { formatExactCount } from "../../units/quantity";
import { type DataColumn, DataTable } from "../surface/data-table";
import { Frame } from "../surface/frame";
import { ClockText } from "../time/clock-text";
import { AUDIT_COUNTS, type AuditCount, INFERRED, OBSERVED } from "./audit-counts";
import { AuditEnd } from "./audit-end";
import { Deciders } from "./deciders";
import { rowHref, rowKey, rowPort } from "./row-link";

/** Who talked to whom, a line for each pair of workloads, Service and port. */
export function AuditTable({ rows, range }: { rows: readonly AuditRow[]; range: TimeRange }) {
  return (
    <Frame data-audit-rows>
      <DataTable
        caption="Connections against policy"
        columns={columnsFor(range)}
        rows={rows}
        keyOf={rowKey}
      />
    </Frame>
  );
}

function columnsFor(range: TimeRange): readonly DataColumn<AuditRow>[] {
  return [
    { name: "Client", cell: ({ client }) => <AuditEnd entity={client} /> },
    { name: "Server", cell: ({ server, service }) => <AuditEnd entity={server} service={service} /> },
    {
      name: "Port",
      cell: (row) => (
        <Link
          href={rowHref(row, range)}
          prefetch={false}
          title="Show the connections"
          className="font-mono text-xs whitespace-nowrap text-accent hover:underline"
        >
          {rowPort(row)}
        </Link>
      ),
    },
    ...AUDIT_COUNTS.filter(({ name }) => name !== INFERRED.name).map(
      (count): DataColumn<AuditRow> =>
        count.name === OBSERVED.name
          ? { name: "Denied", numeric: true, cell: (row) => <Denied row={row} /> }
          : { name: count.name, numeric: true, cell: (row) => <Count count={count} row={row} /> },
    ),
    {
      name: "Decided by",
      cell: (row) => (
        <div className="min-w-56">
          <Deciders row={row} />
        </div>
      ),
    },
    {
      name: "First, last seen",
      numeric: true,
      cell: ({ firstSeen, lastSeen }) => (
        <span className="block font-mono text-2xs leading-4.5 whitespace-nowrap">
          <ClockText timeMs={firstSeen} form="date" />
          <br />
          <ClockText timeMs={lastSeen} form="date" />
        </span>
      ),
    },
  ];
}

function Count({ count: { of, look }, row }: { count: AuditCount; row: AuditRow }) {
  return <span className={of(row) === 0 ? "text-faint" : look}>{formatExactCount(of(row))}</span>;
}

/** Observed and inferred, one below the other where there are both. */
function Denied({ row }: { row: AuditRow }) {
  const shown = [OBSERVED, INFERRED].filter(({ of }) => of(row) > 0);
  if (shown.length === 0) return <Count count={OBSERVED} row={row} />;
  return shown.map((count) => (
    <span key={count.name} title={count.meaning} className="block whitespace-nowrap">
      <Count count={count} row={row} />
      <span className="ml-1 text-2xs text-muted">{count === OBSERVED ? "observed" : "inferred"}</span>
    </span>
  ));
}
