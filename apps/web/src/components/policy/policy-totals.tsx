import type { PolicyAnswer } from "@hopline/api";
import clsx from "clsx";
import { formatExactCount } from "../../units/quantity";
import { AUDIT_COUNTS } from "../audit/audit-counts";

/** All connections of the span, each under exactly one word. */
export function PolicyTotals({ totals }: { totals: PolicyAnswer["totals"] }) {
  return (
    <section
      aria-label="Connections in all"
      className="overflow-hidden rounded-lg border border-line bg-line shadow-card"
    >
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-3 xl:grid-cols-6">
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
