"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { statusQuestion, summaryQuestion } from "../../collector/questions";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { Toolbar } from "../../components/filters/toolbar";
import { AgentTable } from "../../components/status/agent-table";
import { CompletenessCard } from "../../components/status/completeness-card";
import { IngestCard } from "../../components/status/ingest-card";
import { StoreCard } from "../../components/status/store-card";
import { SummaryCard } from "../../components/status/summary-card";
import { WatchTable } from "../../components/status/watch-table";
import { useFilter } from "../../filters/use-filter";

/** The status page: what is known and, above all, what is not. */
export function StatusScreen() {
  const time = useFilter();
  const { span } = time;
  const status = useQuery(statusQuestion(browserCollector));
  const summary = useQuery(summaryQuestion(browserCollector, span));
  const { data, error, dataUpdatedAt } = status;
  return (
    <>
      <Toolbar title="Status" time={time} />
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div className={`min-h-0 flex-1 overflow-auto ${error === null ? "" : "stale"}`}>
        <div className="mx-auto max-w-7xl space-y-4 p-3 sm:p-4">
          {data === undefined ? (
            error === null ? (
              <StatusSkeleton />
            ) : null
          ) : (
            <>
              <CompletenessCard status={data} />
              <SummaryCard summary={summary.data} span={span} />
              <AgentTable agents={data.agents} nowMs={data.now} />
              <div className="grid items-start gap-4 lg:grid-cols-2">
                <WatchTable watches={data.watches} cluster={data.cluster} nowMs={data.now} />
                <div className="space-y-4">
                  <StoreCard store={data.store} />
                  <IngestCard status={data} />
                </div>
              </div>
            </>
          )}
        </div>
      </div>
    </>
  );
}

function StatusSkeleton() {
  return (
    <div role="status" aria-busy="true" className="space-y-4">
      <span className="sr-only">Loading the status…</span>
      <Skeleton className="h-20 w-full rounded-lg" />
      <Skeleton className="h-16 w-full rounded-lg" />
      <Skeleton className="h-40 w-full rounded-lg" />
      <Skeleton className="h-56 w-full rounded-lg" />
    </div>
  );
}
