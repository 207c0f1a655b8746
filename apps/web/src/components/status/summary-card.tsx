"use client";

import type { Summary } from "@hopline/api";
import { spanText } from "../../filters/span-text";
import type { TimeSpan } from "../../filters/time-span";
import { formatCount, formatExactCount, formatShare } from "../../units/quantity";
import { Skeleton } from "../feedback/skeleton";
import { Card } from "../surface/card";
import { FigureStrip } from "../surface/figure-strip";
import { useTimeZone } from "../time/use-time-zone";

const FIGURES: readonly {
  readonly name: string;
  readonly meaning: string;
  readonly value: (summary: Summary) => string;
}[] = [
  {
    ...{ name: "Connections", meaning: "Connections that were active in this time." },
    value: ({ connections }) => formatCount(connections),
  },
  {
    ...{ name: "Same node", meaning: "Of these, those with both ends on one node." },
    value: ({ sameNode }) => formatCount(sameNode),
  },
  {
    ...{ name: "Cross node", meaning: "Those between two nodes of the cluster." },
    value: ({ crossNode }) => formatCount(crossNode),
  },
  {
    ...{ name: "Via a Service", meaning: "Those whose client dialled a Service, on one node or two." },
    value: ({ viaService }) => formatCount(viaService),
  },
  {
    ...{ name: "External", meaning: "Those with one end outside the cluster." },
    value: ({ external }) => formatCount(external),
  },
  {
    ...{ name: "Workloads", meaning: "Workloads that took part." },
    value: ({ workloads }) => formatExactCount(workloads),
  },
  {
    ...{ name: "Both ends named", meaning: "Share of connections whose ends are both known." },
    value: ({ connections, namedShare }) => (connections === 0 ? "–" : formatShare(namedShare)),
  },
  {
    ...{ name: "Frames taken", meaning: "Frames that all agents took from their kernels." },
    value: ({ ringPackets }) => formatCount(ringPackets),
  },
];

/** The whole range in a few figures. */
export function SummaryCard({
  summary,
  failed,
  span,
}: {
  summary: Summary | undefined;
  /** No answer came, and the status itself may still have one. */
  failed: boolean;
  span: TimeSpan;
}) {
  const zone = useTimeZone();
  return (
    <Card title="Traffic" aside={spanText(span, zone)}>
      <FigureStrip
        columns="sm:grid-cols-4 xl:grid-cols-8"
        figures={FIGURES.map(({ name, meaning, value }) => ({
          ...{ name, meaning },
          value:
            summary !== undefined ? value(summary) : failed ? "–" : <Skeleton className="mt-1 h-5 w-14" />,
        }))}
      />
    </Card>
  );
}
