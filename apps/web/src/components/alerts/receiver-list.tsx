import type { AlertingStatus, AlertReceiver } from "@hopline/api";
import { formatCount, formatDuration } from "../../units/quantity";
import { type StateLevel, StateWord } from "../status/state-word";
import { Card } from "../surface/card";

const LEVELS: Record<AlertReceiver["state"], StateLevel> = {
  idle: "good",
  delivered: "good",
  failing: "bad",
};
const WORDS: Record<AlertReceiver["state"], string> = {
  idle: "nothing to deliver yet",
  delivered: "delivered",
  failing: "not taken",
};

/** Who is told of alerts, and whether they take them; and whether the rules can be evaluated at all. */
export function ReceiverList({ alerting, nowMs }: { alerting: AlertingStatus; nowMs: number }) {
  const { rules, evaluatedAt, lastError, receivers } = alerting;
  const when = evaluatedAt === null ? "not yet" : `${formatDuration(nowMs - evaluatedAt)} ago`;
  return (
    <Card
      title="Who is told"
      aside={rules === 0 ? "no rule is on" : `${formatCount(rules)} rules, evaluated ${when}`}
    >
      {lastError === null ? null : <p className="px-4 py-2 text-sm text-bad">{lastError}</p>}
      {receivers.length === 0 ? (
        <p className="px-4 py-2 text-sm text-muted">
          Nobody is told of alerts. Start the collector with{" "}
          <span className="font-mono text-xs whitespace-nowrap">--alertmanager</span> or{" "}
          <span className="font-mono text-xs whitespace-nowrap">--alert-webhook</span>, or let Prometheus read
          its metrics.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {receivers.map(({ kind, url, state, waiting, lastError: why }) => (
            <li
              key={`${kind} ${url}`}
              className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2 text-sm"
            >
              <span>{kind === "alertmanager" ? "Alertmanager" : "Webhook"}</span>
              <span className="min-w-0 font-mono text-xs [overflow-wrap:anywhere]">{url}</span>
              <span className="sm:ml-auto">
                <StateWord level={LEVELS[state]}>{WORDS[state]}</StateWord>
              </span>
              {state === "failing" ? (
                <span className="w-full text-xs text-muted">
                  {formatCount(waiting)} waiting. {why}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
