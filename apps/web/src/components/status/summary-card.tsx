"use client";

import type { Summary } from "@hopline/api";
import { spanText } from "../../filters/span-text";
import type { TimeSpan } from "../../filters/time-span";
import { formatCount, formatExactCount, formatShare } from "../../units/quantity";
import { Skeleton } from "../feedback/skeleton";
import { useTimeZone } from "../time/use-time-zone";
import { Card } from "./card";

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
    value: ({ namedShare }) => formatShare(namedShare),
  },
  {
    ...{ name: "Frames taken", meaning: "Frames that all agents took from their kernels." },
    value: ({ ringPackets }) => formatCount(ringPackets),
  },
];

/** The whole range in a few figures. */
export function SummaryCard({ summary, span }: { summary: Summary | undefined; span: TimeSpan }) {
  const zone = useTimeZone();
  return (
    <Card title="Traffic" aside={spanText(span, zone)}>
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-4 xl:grid-cols-8">
        {FIGURES.map(({ name, meaning, value }) => (
          <div key={name} title={meaning} className="bg-surface px-4 py-2.5">
            <dt className="text-2xs text-muted">{name}</dt>
            <dd className="text-xl font-semibold tracking-tight">
              {summary === undefined ? <Skeleton className="mt-1 h-5 w-14" /> : value(summary)}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
