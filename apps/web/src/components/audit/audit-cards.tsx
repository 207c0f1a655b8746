import type { AuditRow, TimeRange } from "@hopline/api";
import clsx from "clsx";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { formatExactCount } from "../../units/quantity";
import { CardList } from "../surface/card-list";
import { ClockText } from "../time/clock-text";
import { AUDIT_COUNTS } from "./audit-counts";
import { AuditEnd } from "./audit-end";
import { Deciders } from "./deciders";
import { rowHref, rowKey, rowPort } from "./row-link";

/** The rows where there is no room for columns. */
export function AuditCards({ rows, range }: { rows: readonly AuditRow[]; range: TimeRange }) {
  return (
    <CardList
      label="Connections against policy"
      data-audit-rows
      rows={rows}
      keyOf={rowKey}
      card={(row) => (
        <>
          <div className="flex items-start gap-2">
            <AuditEnd entity={row.client} />
            <ArrowRight size={12} aria-hidden className="mt-1 shrink-0 text-faint" />
            <AuditEnd entity={row.server} service={row.service} />
            <Link
              href={rowHref(row, range)}
              prefetch={false}
              className="ml-auto shrink-0 py-0.5 font-mono text-xs text-accent"
            >
              {rowPort(row)}
            </Link>
          </div>
          <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs">
            {AUDIT_COUNTS.filter(({ of }) => of(row) > 0).map(({ short, of, look }) => (
              <li key={short} className={clsx("whitespace-nowrap", look)}>
                {formatExactCount(of(row))} {short}
              </li>
            ))}
          </ul>
          <Deciders row={row} />
          <p className="text-2xs text-muted">
            <ClockText timeMs={row.firstSeen} form="date" /> to{" "}
            <ClockText timeMs={row.lastSeen} form="date" />
          </p>
        </>
      )}
    />
  );
}
