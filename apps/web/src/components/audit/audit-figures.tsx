import type { AuditAnswer } from "@hopline/api";
import { formatExactCount } from "../../units/quantity";
import { FramedFigures } from "../surface/figure-strip";
import { conformanceFigures } from "./audit-counts";

/** All connections of the scope, each under exactly one word. */
export function AuditFigures({ answer: { total, totals } }: { answer: AuditAnswer }) {
  const connections = {
    name: "Connections",
    value: formatExactCount(totals.connections),
    aside: `in ${formatExactCount(total)} ${total === 1 ? "row" : "rows"}`,
    wide: true,
  };
  return (
    <FramedFigures
      label="Connections in all"
      figures={[connections, ...conformanceFigures(totals)]}
      columns="sm:grid-cols-4 xl:grid-cols-7"
    />
  );
}
