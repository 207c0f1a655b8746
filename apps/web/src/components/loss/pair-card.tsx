import type { LossCell } from "@hopline/api";
import type { ReactNode } from "react";
import { Skeleton } from "../feedback/skeleton";
import { FRAME } from "../surface/frame";

/** One pair of nodes on one segment: which, its figures in a sentence, and below what there is to see of it. */
export function PairCard({
  cell: { sourceNode, destinationNode, segment },
  detail,
  children,
}: {
  cell: Pick<LossCell, "sourceNode" | "destinationNode" | "segment">;
  detail: string;
  children: ReactNode;
}) {
  return (
    <section aria-label={`${sourceNode} to ${destinationNode}`} className={FRAME}>
      <div className="border-b border-line px-4 py-3">
        <h2 className="text-sm font-semibold">
          {sourceNode} to {destinationNode}: {segment}
        </h2>
        <p className="text-xs text-muted">{detail}</p>
      </div>
      {children}
    </section>
  );
}

/** Until the pair's series is there: the heatmap's answer comes without it. */
export function SeriesSkeleton() {
  return (
    <div role="status" aria-busy="true" className="p-4">
      <span className="sr-only">Loading the pair over time…</span>
      <Skeleton className="h-36 w-full" />
    </div>
  );
}
