"use client";

import type { LossCell } from "@hopline/api";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import type { QuantileName } from "../../components/loss/latency-level";
import type { HeatCell } from "../../components/loss/node-heatmap";
import type { TimeSpan } from "../../filters/time-span";

/** What the page's address chooses. */
export interface PairChoice {
  readonly segment: LossCell["segment"];
  readonly quantile: QuantileName;
  readonly source: string | null;
  readonly destination: string | null;
  readonly span: TimeSpan;
  readonly onChoose: (cell: HeatCell) => void;
}

/** The states of a heatmap with a pair of nodes below it: loading, empty, out of date, and there. */
export function PairView({
  what,
  isLoaded,
  isEmpty,
  isStale,
  isChosen,
  error,
  dataFromMs,
  children,
}: {
  what: "loss" | "latency";
  isLoaded: boolean;
  isEmpty: boolean;
  isStale: boolean;
  isChosen: boolean;
  error: Error | null;
  dataFromMs: number | undefined;
  children: ReactNode;
}) {
  return (
    <>
      {error === null ? null : <ProblemBanner error={error} dataFromMs={dataFromMs} />}
      <div className={`min-h-0 flex-1 overflow-auto ${isStale || error !== null ? "stale" : ""}`}>
        {!isLoaded ? (
          error === null ? (
            <PairSkeleton what={what} />
          ) : null
        ) : isEmpty ? (
          <EmptyState
            icon={<Unplug size={20} aria-hidden />}
            title={
              what === "loss"
                ? "Nothing was carried on this segment"
                : "No round trip was measured on this segment"
            }
          >
            {what === "loss" ? "No connection passed it" : "No connection that is answered passed it"} in this
            range. Choose another segment, or widen the range.
          </EmptyState>
        ) : (
          <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
            {children}
            {isChosen ? null : (
              <p className="text-xs text-muted">Choose a pair of nodes to see its {what} over time.</p>
            )}
          </div>
        )}
      </div>
    </>
  );
}

function PairSkeleton({ what }: { what: string }) {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Loading {what}…</span>
      <Skeleton className="h-64 w-full rounded-lg" />
    </div>
  );
}
