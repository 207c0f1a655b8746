import type { PolicyAnswer } from "@hopline/api";
import { conformanceFigures } from "../audit/audit-counts";
import { FramedFigures } from "../surface/figure-strip";

/** All connections of the span, each under exactly one word. */
export function PolicyTotals({ totals }: { totals: PolicyAnswer["totals"] }) {
  return (
    <FramedFigures
      label="Connections in all"
      figures={conformanceFigures(totals)}
      columns="sm:grid-cols-3 xl:grid-cols-6"
    />
  );
}
