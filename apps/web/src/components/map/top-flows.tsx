"use client";

import type { End } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight, ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { browserCollector } from "../../collector/browser-collector";
import { topFlowsQuestion } from "../../collector/questions";
import type { ConnectionFilter } from "../../filters/connection-filter";
import type { TimeSpan } from "../../filters/time-span";
import { formatCount } from "../../units/quantity";
import { Skeleton } from "../feedback/skeleton";
import { bytesText } from "../flows/bytes-text";
import { flowsHref } from "../flows/flows-link";
import { OutcomeBadge } from "../flows/outcome-badge";
import { portText } from "../flows/port-text";
import { ClockText } from "../time/clock-text";

const SHOWN = 8;

/** The newest connections that fit, each a way into the flows page. */
export function TopFlows({ filter, span }: { filter: ConnectionFilter; span: TimeSpan }) {
  const question = { filter, span, sort: "lastSeen", order: "desc" } as const;
  const { data, error } = useQuery(topFlowsQuestion(browserCollector, question, SHOWN));
  return (
    <section aria-label="Connections" className="border-t border-line">
      <div className="flex items-baseline justify-between px-4 pt-3 pb-1">
        <h2 className="text-xs font-semibold">Newest connections</h2>
        <Link
          href={flowsHref(filter, span)}
          prefetch={false}
          className="inline-flex items-center gap-1 rounded text-xs font-medium text-accent hover:underline"
        >
          {data === undefined ? "Open in Flows" : `All ${formatCount(data.total)} in Flows`}
          <ArrowUpRight size={13} aria-hidden />
        </Link>
      </div>
      {data === undefined ? (
        error === null ? (
          <div className="space-y-2 px-4 py-2">
            <Skeleton className="h-9 w-full" />
            <Skeleton className="h-9 w-full" />
            <Skeleton className="h-9 w-full" />
          </div>
        ) : (
          <p className="px-4 py-2 text-sm text-bad">{error.message}</p>
        )
      ) : (
        <ul className={error === null ? undefined : "stale"}>
          {data.connections.map((connection) => (
            <li key={connection.id}>
              <Link
                href={flowsHref(filter, span, connection.id)}
                prefetch={false}
                className="block px-4 py-1.5 hover:bg-sunken"
              >
                <span className="flex items-center gap-1.5 text-xs">
                  <span className="min-w-0 truncate font-medium">{endText(connection.client)}</span>
                  <ArrowRight size={11} aria-hidden className="shrink-0 text-faint" />
                  <span className="min-w-0 truncate font-medium">{endText(connection.server)}</span>
                </span>
                <span className="flex items-center gap-3 text-2xs text-muted">
                  <ClockText timeMs={connection.lastSeen} />
                  <span className="truncate">{portText(connection)}</span>
                  <span>
                    {bytesText(connection, "forward")} → {bytesText(connection, "reply")} ←
                  </span>
                  <span className="ml-auto">
                    <OutcomeBadge outcome={connection.outcome} />
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function endText(end: End): string {
  return end.pod === "" ? end.entity.name : end.pod;
}
