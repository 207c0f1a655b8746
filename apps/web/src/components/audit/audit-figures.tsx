import type { AuditAnswer } from "@hopline/api";
import clsx from "clsx";
import { formatExactCount } from "../../units/quantity";
import { AUDIT_COUNTS } from "./audit-counts";

/** All connections of the scope, each under exactly one word. */
export function AuditFigures({ answer: { total, totals } }: { answer: AuditAnswer }) {
  return (
    <section
      aria-label="Connections in all"
      className="overflow-hidden rounded-lg border border-line bg-line shadow-card"
    >
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-4 xl:grid-cols-7">
        <div className="bg-surface px-4 py-2.5 max-sm:col-span-2 sm:max-xl:col-span-2">
          <dt className="text-2xs text-muted">Connections</dt>
          <dd className="text-xl font-semibold tracking-tight">
            {formatExactCount(totals.connections)}
            <span className="ml-1.5 text-xs font-normal tracking-normal text-muted">
              in {formatExactCount(total)} {total === 1 ? "row" : "rows"}
            </span>
          </dd>
        </div>
        {AUDIT_COUNTS.map(({ name, meaning, of, look }) => (
          <div key={name} title={meaning} className="bg-surface px-4 py-2.5">
            <dt className="text-2xs text-muted">{name}</dt>
            <dd
              className={clsx("text-xl font-semibold tracking-tight", of(totals) === 0 ? "text-faint" : look)}
            >
              {formatExactCount(of(totals))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
