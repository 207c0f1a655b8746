"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { statusQuestion, summaryQuestion } from "../../collector/questions";
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { Loading } from "../../components/feedback/loading";
import { Toolbar } from "../../components/filters/toolbar";
import { AgentTable } from "../../components/status/agent-table";
import { CompletenessCard } from "../../components/status/completeness-card";
import { IngestCard } from "../../components/status/ingest-card";
import { StoreCard } from "../../components/status/store-card";
import { SummaryCard } from "../../components/status/summary-card";
import { WatchTable } from "../../components/status/watch-table";
import { PageColumn } from "../../components/surface/page-column";
import { useFilter } from "../../filters/use-filter";

/** The status page: what is known and, above all, what is not. */
export function StatusScreen() {
  const time = useFilter();
  const { span } = time;
  const status = useQuery(statusQuestion(browserCollector));
  const summary = useQuery(summaryQuestion(browserCollector, span));
  return (
    <>
      <Toolbar title="Status" time={time} />
      <AnswerProblem answer={status} />
      <AnswerBody
        answer={status}
        loading={<Loading text="Loading the status…" heights={["h-20", "h-16", "h-40", "h-56"]} />}
      >
        {(data) => (
          <PageColumn>
            <CompletenessCard status={data} />
            <SummaryCard summary={summary.data} failed={summary.error !== null} span={span} />
            <AgentTable agents={data.agents} nowMs={data.now} />
            <div className="grid items-start gap-3 lg:grid-cols-2">
              <WatchTable watches={data.watches} cluster={data.cluster} nowMs={data.now} />
              <div className="space-y-3">
                <StoreCard store={data.store} />
                <IngestCard status={data} />
              </div>
            </div>
          </PageColumn>
        )}
      </AnswerBody>
    </>
  );
}
