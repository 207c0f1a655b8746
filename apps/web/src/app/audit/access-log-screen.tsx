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
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { EmptyState } from "../../components/feedback/empty-state";
import { Loading } from "../../components/feedback/loading";
import { Toolbar } from "../../components/filters/toolbar";
import { PageColumn } from "../../components/surface/page-column";
import { ClockText } from "../../components/time/clock-text";
import { useFilter } from "../../filters/use-filter";
import { AuditViews } from "./audit-views";
import { auditParams } from "./search-params";

/** Who looked at or exported what, the latest first. Looking here is written down as well. */
export function AccessLogScreen() {
  const state = useFilter();
  const [{ who, did }, setParams] = useQueryStates(auditParams, { history: "push" });
  const narrow = useNarrow() ?? false;
  const pages = useInfiniteQuery(accessLogQuestion(browserCollector, { who, did, span: state.span }));
  const first = pages.data?.pages[0];
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
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
      <AnswerProblem answer={pages} />
      <AnswerBody
        answer={pages}
        total={first?.total}
        loading={<Loading text="Reading the log…" heights={["h-96"]} wide />}
      >
        {() =>
          entries.length === 0 ? (
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
            <PageColumn wide>
              <Entries entries={entries} />
              <ShowMore pages={pages} total={first?.total ?? 0} />
            </PageColumn>
          )
        }
      </AnswerBody>
    </>
  );
}
