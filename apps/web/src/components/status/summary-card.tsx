import type { Summary } from "@hopline/api";
import { formatCount, formatExactCount, formatShare } from "../../units/quantity";
import { Skeleton } from "../feedback/skeleton";

const FIGURES: readonly { readonly name: string; readonly value: (summary: Summary) => string }[] = [
  { name: "Connections", value: ({ connections }) => formatCount(connections) },
  { name: "Same node", value: ({ sameNode }) => formatCount(sameNode) },
  { name: "Cross node", value: ({ crossNode }) => formatCount(crossNode) },
  { name: "Via a Service", value: ({ viaService }) => formatCount(viaService) },
  { name: "External", value: ({ external }) => formatCount(external) },
  { name: "Workloads", value: ({ workloads }) => formatExactCount(workloads) },
  { name: "Both ends named", value: ({ namedShare }) => formatShare(namedShare) },
  { name: "Frames taken", value: ({ ringPackets }) => formatCount(ringPackets) },
];

/** The whole range in a few figures. */
export function SummaryCard({ summary }: { summary: Summary | undefined }) {
  return (
    <section
      aria-label="Summary of the range"
      className="overflow-hidden rounded-lg border border-line bg-line shadow-card"
    >
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-4 xl:grid-cols-8">
        {FIGURES.map(({ name, value }) => (
          <div key={name} className="bg-surface px-4 py-2.5">
            <dt className="text-2xs text-muted">{name}</dt>
            <dd className="text-xl font-semibold tracking-tight">
              {summary === undefined ? <Skeleton className="mt-1 h-5 w-14" /> : value(summary)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
