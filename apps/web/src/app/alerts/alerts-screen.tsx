"use client";

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
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { Toolbar } from "../../components/filters/toolbar";
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
  const { data, error, dataUpdatedAt, isPlaceholderData } = useQuery(
    alertsQuestion(browserCollector, { state, span }),
  );
  const { data: status } = useQuery(statusQuestion(browserCollector));
  const hydrated = useHydrated();
  const active = data?.alerts.filter((alert) => alert.state !== "resolved") ?? [];
  const over = data?.alerts.filter((alert) => alert.state === "resolved") ?? [];
  const leftOut = data === undefined ? 0 : data.total - data.alerts.length;
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
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div
        data-total={data?.total}
        className={`min-h-0 flex-1 overflow-auto ${isPlaceholderData || error !== null ? "stale" : ""}`}
      >
        {data === undefined ? (
          error === null ? (
            <AlertsSkeleton />
          ) : null
        ) : (
          <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
            {data.alerts.length === 0 ? (
              <EmptyState icon={<BellRing size={20} aria-hidden />} title={EMPTY[state].title}>
                {EMPTY[state].text}
              </EmptyState>
            ) : null}
            {active.length === 0 ? null : <ActiveAlerts alerts={active} nowMs={data.range.to} />}
            {over.length === 0 ? null : <AlertHistory alerts={over} />}
            {leftOut > 0 ? (
              <p className="text-center text-xs text-muted">
                {formatCount(leftOut)} more are not shown. Choose a shorter time to see them.
              </p>
            ) : null}
            {status === undefined || !hydrated ? null : (
              <ReceiverList alerting={status.alerting} nowMs={status.now} />
            )}
          </div>
        )}
      </div>
    </>
  );
}

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

function AlertsSkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Loading alerts…</span>
      <Skeleton className="h-32 w-full rounded-lg" />
      <Skeleton className="h-64 w-full rounded-lg" />
    </div>
  );
}
