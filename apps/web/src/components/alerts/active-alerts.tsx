"use client";

import type { Alert } from "@hopline/api";
import clsx from "clsx";
import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { formatDuration } from "../../units/quantity";
import { ClockText } from "../time/clock-text";
import { AlertFacts } from "./alert-facts";
import { AlertStateWord } from "./alert-state";
import { linkText, RULE_NAMES, subjectOf } from "./alert-words";

const EDGES = { critical: "border-l-bad-line", warning: "border-l-warn-line", info: "border-l-line-strong" };

/** What is wrong now, the worst first, each with what was true when it fired. */
export function ActiveAlerts({ alerts, nowMs }: { alerts: readonly Alert[]; nowMs: number }) {
  return (
    <ul aria-label="Active alerts" className="space-y-2">
      {alerts.map((alert) => (
        <ActiveAlert key={alert.id} alert={alert} nowMs={nowMs} />
      ))}
    </ul>
  );
}

function ActiveAlert({ alert, nowMs }: { alert: Alert; nowMs: number }) {
  const { rule, state, severity, summary, pendingAt, firedAt, link } = alert;
  const sinceMs = firedAt ?? pendingAt;
  return (
    <li
      data-alert={alert.id}
      className={clsx(
        "overflow-hidden rounded-lg border border-l-4 border-line bg-surface shadow-card",
        state === "firing" ? EDGES[severity] : "border-l-line-strong",
      )}
    >
      <div className="space-y-1 px-3 py-2.5 sm:px-4">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
          <h2 className="text-sm font-semibold">
            {RULE_NAMES[rule]} <span className="font-mono text-xs font-normal">{subjectOf(alert)}</span>
          </h2>
          <span className="text-xs">
            <AlertStateWord alert={alert} />
          </span>
          <span className="text-2xs text-muted sm:ml-auto">
            {severity} · since <ClockText timeMs={sinceMs} form="date" /> (
            {formatDuration(Math.max(0, nowMs - sinceMs))})
          </span>
        </div>
        <p className="text-sm">{summary}</p>
        <Link
          href={link}
          prefetch={false}
          className="inline-flex items-center gap-1 text-xs font-medium text-accent hover:underline"
        >
          {linkText(link)}
          <ArrowUpRight size={13} aria-hidden />
        </Link>
      </div>
      <AlertFacts alert={alert} />
    </li>
  );
}
