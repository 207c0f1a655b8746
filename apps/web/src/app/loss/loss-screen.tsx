"use client";

import { useQuery } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { useQueryStates } from "nuqs";
import { browserCollector } from "../../collector/browser-collector";
import { lossQuestion } from "../../collector/questions";
import { Segmented } from "../../components/controls/segmented";
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { SpanPicker } from "../../components/filters/span-picker";
import { LossHeatmap } from "../../components/loss/loss-heatmap";
import { LossPair } from "../../components/loss/loss-pair";
import { useFilter } from "../../filters/use-filter";
import { lossParams } from "./search-params";

const SEGMENTS = [
  { value: "source node", name: "Source node" },
  { value: "wire", name: "Wire" },
  { value: "destination node", name: "Destination node" },
] as const;

/** The loss page: which pair of nodes loses what on which segment, and when. */
export function LossScreen() {
  const { span, setSpan } = useFilter();
  const [{ segment, source, destination }, setParams] = useQueryStates(lossParams, { history: "push" });
  const { data, error, dataUpdatedAt, isPlaceholderData } = useQuery(
    lossQuestion(browserCollector, { segment, source, destination, span }),
  );
  const cells = data?.cells.filter((cell) => cell.segment === segment) ?? [];
  const chosen = cells.find((cell) => cell.sourceNode === source && cell.destinationNode === destination);
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center justify-between gap-2 border-b border-line bg-surface px-3 py-2 sm:px-4">
        <h1 className="text-lg font-semibold tracking-tight">Loss</h1>
        <div className="flex flex-wrap items-center gap-2">
          <Segmented
            label="Segment"
            value={segment}
            options={SEGMENTS}
            onChange={(value) => setParams({ segment: value })}
          />
          <SpanPicker span={span} onChange={setSpan} />
        </div>
      </div>
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div className={`min-h-0 flex-1 overflow-auto ${isPlaceholderData || error !== null ? "stale" : ""}`}>
        {data === undefined ? (
          error === null ? (
            <LossSkeleton />
          ) : null
        ) : cells.length === 0 ? (
          <EmptyState icon={<Unplug size={20} aria-hidden />} title="Nothing was carried on this segment">
            No connection between two pods passed it in this range. Choose another segment, or widen the
            range.
          </EmptyState>
        ) : (
          <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
            <LossHeatmap
              cells={cells}
              chosen={chosen}
              onChoose={(cell) => setParams({ source: cell.sourceNode, destination: cell.destinationNode })}
            />
            {chosen === undefined ? (
              <p className="text-xs text-muted">Choose a pair of nodes to see its loss over time.</p>
            ) : (
              <LossPair cell={chosen} series={data.series} />
            )}
          </div>
        )}
      </div>
    </>
  );
}

function LossSkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Loading loss…</span>
      <Skeleton className="h-64 w-full rounded-lg" />
    </div>
  );
}
