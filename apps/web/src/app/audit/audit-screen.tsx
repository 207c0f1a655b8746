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
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { EmptyState } from "../../components/feedback/empty-state";
import { Loading } from "../../components/feedback/loading";
import { StatusLink } from "../../components/feedback/status-link";
import { FilterBar } from "../../components/filters/filter-bar";
import { PageColumn } from "../../components/surface/page-column";
import { ClockText } from "../../components/time/clock-text";
import { conditionsOf } from "../../filters/connection-filter";
import { useFilter } from "../../filters/use-filter";
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
  const first = pages.data?.pages[0];
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
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
                  disabled={pages.isFetching}
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
      <AnswerProblem answer={pages} />
      <AnswerBody
        answer={pages}
        total={first?.total}
        loading={<Loading text="Counting connections…" heights={["h-16", "h-16", "h-96"]} wide />}
      >
        {({ pages: [answer] }) =>
          answer === undefined ? null : (
            <PageColumn wide>
              <RecordBanner completeness={answer.completeness} />
              <AuditFigures answer={answer} />
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
                    : "No agent reported a connection in this range. Widen it, or see on the status page whether agents report."}{" "}
                  {filtered ? null : <StatusLink />}
                </EmptyState>
              ) : (
                <Rows rows={rows} range={answer.range} />
              )}
              <ShowMore pages={pages} total={answer.total} />
            </PageColumn>
          )
        }
      </AnswerBody>
    </>
  );
}
