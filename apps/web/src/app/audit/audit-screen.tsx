"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { FileCheck2, RefreshCw } from "lucide-react";
import { useQueryStates } from "nuqs";
import { auditQuestion } from "../../collector/audit-question";
import { browserCollector } from "../../collector/browser-collector";
import { AuditCards } from "../../components/audit/audit-cards";
import { AuditFigures } from "../../components/audit/audit-figures";
import { AuditTable } from "../../components/audit/audit-table";
import { ConformanceChoice } from "../../components/audit/conformance-choice";
import { ExportMenu } from "../../components/audit/export-menu";
import { RecordBanner } from "../../components/audit/record-banner";
import { Button } from "../../components/controls/button";
import { Segmented } from "../../components/controls/segmented";
import { ShowMore } from "../../components/controls/show-more";
import { useNarrow } from "../../components/controls/use-narrow";
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { FilterBar } from "../../components/filters/filter-bar";
import { ClockText } from "../../components/time/clock-text";
import { conditionsOf } from "../../filters/connection-filter";
import { useFilter } from "../../filters/use-filter";
import { formatExactCount } from "../../units/quantity";
import { AccessLogScreen } from "./access-log-screen";
import { AuditViews } from "./audit-views";
import { auditParams } from "./search-params";

const SORTS = [
  { value: "concern", name: "Concern" },
  { value: "connections", name: "Most connections" },
  { value: "lastSeen", name: "Latest" },
  { value: "name", name: "Name" },
] as const;

/** The audit page: the record, and who looked at it. */
export function AuditScreen() {
  const [{ show }] = useQueryStates(auditParams, { history: "push" });
  return show === "log" ? <AccessLogScreen /> : <RecordScreen />;
}

/** Connections against policy, counted exactly, with how complete the record is. */
function RecordScreen() {
  const state = useFilter();
  const [{ sort, conformance, pod }, setParams] = useQueryStates(auditParams, { history: "push" });
  const narrow = useNarrow() ?? false;
  const filter = { ...state.filter, conformance, pod: pod ?? undefined };
  const pages = useInfiniteQuery(auditQuestion(browserCollector, { filter, sort, span: state.span }));
  const { data, error, dataUpdatedAt, isPlaceholderData, isFetching } = pages;
  const first = data?.pages[0];
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const filtered = conditionsOf(state.filter).length > 0 || conformance.length > 0 || pod !== null;
  const Rows = narrow ? AuditCards : AuditTable;

  return (
    <>
      <FilterBar
        title="Audit"
        state={state}
        below={
          <>
            <ConformanceChoice
              chosen={conformance}
              onChange={(words) => setParams({ conformance: words.length === 0 ? null : [...words] })}
            />
            <Segmented
              label="Order"
              showLabel
              value={sort}
              options={SORTS}
              onChange={(next) => setParams({ sort: next })}
            />
            {first === undefined ? null : (
              <p className="ml-auto flex items-center gap-1.5 text-2xs text-muted">
                <span>
                  <ClockText timeMs={first.range.from} form="date" /> to{" "}
                  <ClockText timeMs={first.range.to} form="date" />
                </span>
                <Button
                  look="quiet"
                  icon
                  aria-label="Ask again"
                  title="Ask again: the page stands still until then"
                  disabled={isFetching}
                  onClick={() => pages.refetch()}
                >
                  <RefreshCw size={14} aria-hidden />
                </Button>
              </p>
            )}
          </>
        }
      >
        <AuditViews />
        {first === undefined ? null : <ExportMenu filter={filter} sort={sort} range={first.range} />}
      </FilterBar>
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div
        data-total={first?.total}
        className={`min-h-0 flex-1 overflow-auto ${isPlaceholderData || error !== null ? "stale" : ""}`}
      >
        {first === undefined ? (
          error === null ? (
            <AuditSkeleton />
          ) : null
        ) : (
          <div className="mx-auto max-w-screen-2xl space-y-3 p-3 sm:p-4">
            <RecordBanner completeness={first.completeness} />
            <AuditFigures answer={first} />
            {rows.length === 0 ? (
              <EmptyState
                icon={<FileCheck2 size={20} aria-hidden />}
                title={filtered ? "Nothing on record fits this filter" : "No connection is on record"}
                actions={
                  !filtered ? undefined : (
                    <Button
                      onClick={() => {
                        state.clear();
                        setParams({ conformance: null, pod: null });
                      }}
                    >
                      Clear the filter
                    </Button>
                  )
                }
              >
                {filtered
                  ? "Remove a condition, or widen the range."
                  : "No agent reported a connection in this range. Widen it, or see on the status page whether agents report."}
              </EmptyState>
            ) : (
              <Rows rows={rows} range={first.range} />
            )}
            <ShowMore pages={pages} total={formatExactCount(first.total)} />
          </div>
        )}
      </div>
    </>
  );
}

function AuditSkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-screen-2xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Counting connections…</span>
      <Skeleton className="h-16 w-full rounded-lg" />
      <Skeleton className="h-16 w-full rounded-lg" />
      <Skeleton className="h-96 w-full rounded-lg" />
    </div>
  );
}
