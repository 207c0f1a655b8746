"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useQueryStates } from "nuqs";
import { accessLogQuestion } from "../../collector/access-log-question";
import { browserCollector } from "../../collector/browser-collector";
import { AccessCards } from "../../components/audit/access-cards";
import { AccessTable } from "../../components/audit/access-table";
import { ActionChoice } from "../../components/audit/action-choice";
import { Button } from "../../components/controls/button";
import { SearchField } from "../../components/controls/search-field";
import { ShowMore } from "../../components/controls/show-more";
import { useNarrow } from "../../components/controls/use-narrow";
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { Toolbar } from "../../components/filters/toolbar";
import { ClockText } from "../../components/time/clock-text";
import { useFilter } from "../../filters/use-filter";
import { formatExactCount } from "../../units/quantity";
import { AuditViews } from "./audit-views";
import { auditParams } from "./search-params";

/** Who looked at or exported what, the latest first. Looking here is written down as well. */
export function AccessLogScreen() {
  const state = useFilter();
  const [{ who, did }, setParams] = useQueryStates(auditParams, { history: "push" });
  const narrow = useNarrow() ?? false;
  const pages = useInfiniteQuery(accessLogQuestion(browserCollector, { who, did, span: state.span }));
  const { data, error, dataUpdatedAt, isPlaceholderData } = pages;
  const first = data?.pages[0];
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  const isFiltered = who !== "" || did !== null;
  const Entries = narrow ? AccessCards : AccessTable;

  return (
    <>
      <Toolbar
        title="Audit"
        time={state}
        below={
          <>
            <SearchField
              value={who}
              label="Who, or from where"
              clearLabel="Clear who"
              maxLength={200}
              onChange={(text) => setParams({ who: text })}
            />
            <ActionChoice chosen={did} onChange={(action) => setParams({ did: action })} />
            {first === undefined ? null : (
              <p className="ml-auto text-2xs text-muted">
                <ClockText timeMs={first.range.from} form="date" /> to{" "}
                <ClockText timeMs={first.range.to} form="date" />
              </p>
            )}
          </>
        }
      >
        <AuditViews />
      </Toolbar>
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div
        data-total={first?.total}
        className={`min-h-0 flex-1 overflow-auto ${isPlaceholderData || error !== null ? "stale" : ""}`}
      >
        {first === undefined ? (
          error === null ? (
            <AccessSkeleton />
          ) : null
        ) : entries.length === 0 ? (
          <EmptyState
            icon={<ScrollText size={20} aria-hidden />}
            title={isFiltered ? "Nobody who fits did this" : "Nobody looked in this range"}
            actions={
              isFiltered ? (
                <Button onClick={() => setParams({ who: "", did: null })}>Clear the filter</Button>
              ) : undefined
            }
          >
            {isFiltered ? "Remove a condition, or widen the range." : "Widen the range."}
          </EmptyState>
        ) : (
          <div className="mx-auto max-w-screen-2xl space-y-3 p-3 sm:p-4">
            <Entries entries={entries} />
            <ShowMore pages={pages} total={formatExactCount(first.total)} />
          </div>
        )}
      </div>
    </>
  );
}

function AccessSkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-screen-2xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Reading the log…</span>
      <Skeleton className="h-96 w-full rounded-lg" />
    </div>
  );
}
