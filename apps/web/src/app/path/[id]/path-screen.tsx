"use client";

import type { ConnectionPath, End, LatencyCell } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { ListTree } from "lucide-react";
import Link from "next/link";
import { browserCollector } from "../../../collector/browser-collector";
import { pathQuestion, usualLatencyQuestion } from "../../../collector/questions";
import { ProblemBanner } from "../../../components/feedback/problem-banner";
import { Skeleton } from "../../../components/feedback/skeleton";
import { SpanPicker } from "../../../components/filters/span-picker";
import { flowsHref } from "../../../components/flows/flows-link";
import { OutcomeBadge } from "../../../components/flows/outcome-badge";
import { PathDirectionRow } from "../../../components/path/path-direction-row";
import { PathFinding } from "../../../components/path/path-finding";
import { useFilter } from "../../../filters/use-filter";

/** The path page: one connection's hops from left to right, what the segments lose and cost, and where it breaks. */
export function PathScreen({ id }: { id: string }) {
  const { filter, span, setSpan } = useFilter();
  const { data, error, dataUpdatedAt } = useQuery(pathQuestion(browserCollector, id, span));
  return (
    <>
      <div className="flex shrink-0 items-center justify-between gap-2 border-b border-line bg-surface px-3 py-2 sm:px-4">
        <h1 className="text-lg font-semibold tracking-tight">Path</h1>
        <div className="flex items-center gap-2">
          <Link
            href={flowsHref(filter, span, id)}
            prefetch={false}
            className="inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-sm text-muted hover:bg-sunken hover:text-text"
          >
            <ListTree size={15} aria-hidden />
            Ledger
          </Link>
          <SpanPicker span={span} onChange={setSpan} />
        </div>
      </div>
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div className={`min-h-0 flex-1 overflow-auto ${error === null ? "" : "stale"}`}>
        {data === undefined ? error === null ? <PathSkeleton /> : null : <PathBody path={data} />}
      </div>
    </>
  );
}

function PathBody({ path }: { path: ConnectionPath }) {
  const { connection, forward, reply, broken } = path;
  const { client, server, service, translation, protocol, outcome } = connection;
  const usual = useUsualLatency(path);
  const brokenIn = (direction: "forward" | "reply") => (broken?.direction === direction ? broken : null);
  return (
    <div data-path={connection.id} className="mx-auto max-w-[1400px] space-y-3 p-3 sm:p-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <p className="text-base font-semibold [overflow-wrap:anywhere]">
          {endName(client)} to {endName(server)}
        </p>
        <OutcomeBadge outcome={outcome} />
        <p className="text-xs text-muted [overflow-wrap:anywhere]">
          {protocol.toUpperCase()}, port {server.port}
          {service === null ? "" : `, dialled ${service.namespace}/${service.name} at ${service.address}`}
          {translation.includes("nat") ? `, translated by ${translation}` : ""}
        </p>
      </div>
      <PathFinding broken={broken} icmpError={connection.icmpError} />
      <PathDirectionRow
        name="To the server"
        sender={endName(client)}
        receiver={endName(server)}
        path={forward}
        broken={brokenIn("forward")}
        usual={usual}
      />
      <PathDirectionRow
        name="To the client"
        sender={endName(server)}
        receiver={endName(client)}
        path={reply}
        broken={brokenIn("reply")}
        usual={usual}
      />
      <p className="text-2xs text-muted">
        Loss compares payload before and after a segment over the windows that are complete at both nodes;
        latency is the difference of the two hops&apos; round trips, so the nodes&apos; clocks do not matter.
        What is usual is what other connections between the two nodes measured in the hour before this one.
      </p>
    </div>
  );
}

/** Nothing while it is being asked for, and where it cannot be had: the path stands without it. */
function useUsualLatency({ connection, forward }: ConnectionPath): readonly LatencyCell[] {
  const node = forward.hops[0]?.node;
  const question = usualLatencyQuestion(browserCollector, node ?? "", connection.firstSeen);
  const { data } = useQuery({ ...question, enabled: node !== undefined });
  return data?.cells ?? [];
}

function endName({ entity, pod }: End): string {
  return entity.namespace === "" ? entity.name : `${entity.namespace}/${pod === "" ? entity.name : pod}`;
}

function PathSkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-[1400px] space-y-3 p-3 sm:p-4">
      <span className="sr-only">Loading the path…</span>
      <Skeleton className="h-12 w-full rounded-lg" />
      <Skeleton className="h-44 w-full rounded-lg" />
      <Skeleton className="h-44 w-full rounded-lg" />
    </div>
  );
}
