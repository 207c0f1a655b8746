import type { Alert } from "@hopline/api";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { formatDuration } from "../../units/quantity";
import { Card } from "../surface/card";
import { ClockText } from "../time/clock-text";
import { AlertFacts } from "./alert-facts";
import { AlertStateWord } from "./alert-state";
import { linkText, RULE_NAMES, subjectOf } from "./alert-words";

/** What was wrong and is over, the latest first; each opens to what was true then. */
export function AlertHistory({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <Card title="Past alerts">
      <ul className="divide-y divide-line">
        {alerts.map((alert) => (
          <li key={alert.id} data-alert={alert.id}>
            <PastAlert alert={alert} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function PastAlert({ alert }: { alert: Alert }) {
  const { rule, summary, firedAt, pendingAt, resolvedAt, link } = alert;
  const sinceMs = firedAt ?? pendingAt;
  return (
    <details className="group">
      <summary className="flex cursor-pointer list-none items-start gap-2 px-3 py-2 hover:bg-sunken sm:px-4">
        <ChevronRight
          size={14}
          aria-hidden
          className="mt-0.5 shrink-0 text-muted transition-transform group-open:rotate-90"
        />
        <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 gap-y-0.5">
          <span className="text-sm font-medium">{RULE_NAMES[rule]}</span>
          <span className="font-mono text-xs">{subjectOf(alert)}</span>
          <span className="text-xs">
            <AlertStateWord alert={alert} />
          </span>
          <span className="text-2xs text-muted sm:ml-auto">
            <ClockText timeMs={sinceMs} form="date" />
            {resolvedAt === null ? null : `, for ${formatDuration(resolvedAt - sinceMs)}`}
          </span>
        </span>
      </summary>
      <p className="px-3 pb-1 text-sm sm:px-4">{summary}</p>
      <p className="px-3 pb-2 text-xs sm:px-4">
        <Link href={link} prefetch={false} className="font-medium text-accent hover:underline">
          {linkText(link)}
        </Link>
      </p>
      <AlertFacts alert={alert} />
    </details>
  );
}
