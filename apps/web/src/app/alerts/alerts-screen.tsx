"use client";

import type { AlertsAnswer } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useQueryStates } from "nuqs";
import { browserCollector } from "../../collector/browser-collector";
import { alertsQuestion, statusQuestion } from "../../collector/questions";
import { ActiveAlerts } from "../../components/alerts/active-alerts";
import { AlertHistory } from "../../components/alerts/alert-history";
import { ReceiverList } from "../../components/alerts/receiver-list";
import { Segmented } from "../../components/controls/segmented";
import { useHydrated } from "../../components/controls/use-hydrated";
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { EmptyState } from "../../components/feedback/empty-state";
import { Loading } from "../../components/feedback/loading";
import { Toolbar } from "../../components/filters/toolbar";
import { PageColumn } from "../../components/surface/page-column";
import { useFilter } from "../../filters/use-filter";
import { formatCount } from "../../units/quantity";
import { alertsParams } from "./search-params";

const CHOICES = [
  { value: "all", name: "All" },
  { value: "active", name: "Active" },
  { value: "resolved", name: "Resolved" },
] as const;

/** The alerts page: what is wrong now, what was, with what was true when it fired. */
export function AlertsScreen() {
  const time = useFilter();
  const { span } = time;
  const [{ state }, setParams] = useQueryStates(alertsParams, { history: "push" });
  const answer = useQuery(alertsQuestion(browserCollector, { state, span }));
  const { data: status } = useQuery(statusQuestion(browserCollector));
  const hydrated = useHydrated();
  return (
    <>
      <Toolbar title="Alerts" time={time}>
        <Segmented
          label="Which alerts"
          value={state}
          options={CHOICES}
          onChange={(value) => setParams({ state: value })}
        />
      </Toolbar>
      <AnswerProblem answer={answer} />
      <AnswerBody
        answer={answer}
        total={answer.data?.total}
        loading={<Loading text="Loading alerts…" heights={["h-32", "h-64"]} />}
      >
        {(data) => (
          <PageColumn>
            <AlertList
              answer={data}
              empty={hydrated && status?.alerting.rules === 0 ? NO_RULES : EMPTY[state]}
            />
            {status === undefined || !hydrated ? null : (
              <ReceiverList alerting={status.alerting} nowMs={status.now} />
            )}
          </PageColumn>
        )}
      </AnswerBody>
    </>
  );
}

function AlertList({
  answer: { alerts, total, range },
  empty,
}: {
  answer: AlertsAnswer;
  empty: { readonly title: string; readonly text: string };
}) {
  const active = alerts.filter(({ state }) => state !== "resolved");
  const over = alerts.filter(({ state }) => state === "resolved");
  const leftOut = total - alerts.length;
  return (
    <>
      {alerts.length === 0 ? (
        <EmptyState icon={<BellRing size={20} aria-hidden />} title={empty.title}>
          {empty.text}
        </EmptyState>
      ) : null}
      {active.length === 0 ? null : <ActiveAlerts alerts={active} nowMs={range.to} />}
      {over.length === 0 ? null : <AlertHistory alerts={over} />}
      {leftOut > 0 ? (
        <p className="text-center text-xs text-muted">
          {formatCount(leftOut)} more are not shown. Choose a shorter time to see them.
        </p>
      ) : null}
    </>
  );
}

const NO_RULES = {
  title: "No alert is raised",
  text: "No rule is on: the collector was started without alerts, or its rules are all switched off.",
} as const;

const EMPTY = {
  all: {
    title: "No alert in this range",
    text: "No rule found anything wrong for long enough. Widen the range to see what was.",
  },
  active: { title: "Nothing is wrong now", text: "No rule finds anything wrong at this moment." },
  resolved: {
    title: "No alert ended in this range",
    text: "Widen the range to see what was.",
  },
} as const;
