"use client";

import type { ConnectionPath, End, LatencyCell } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { ListTree } from "lucide-react";
import Link from "next/link";
import { browserCollector } from "../../../collector/browser-collector";
import { pathQuestion, usualLatencyQuestion } from "../../../collector/questions";
import { buttonClass } from "../../../components/controls/button";
import { AnswerBody } from "../../../components/feedback/answer-body";
import { AnswerProblem } from "../../../components/feedback/answer-problem";
import { Loading } from "../../../components/feedback/loading";
import { Toolbar } from "../../../components/filters/toolbar";
import { flowsHref } from "../../../components/flows/flows-link";
import { OutcomeBadge } from "../../../components/flows/outcome-badge";
import { PathDirectionRow } from "../../../components/path/path-direction-row";
import { PathFinding } from "../../../components/path/path-finding";
import { PageColumn } from "../../../components/surface/page-column";
import { useFilter } from "../../../filters/use-filter";

/** The path page: one connection's hops from left to right, what the segments lose and cost, and where it breaks. */
export function PathScreen({ id }: { id: string }) {
  const { filter, span, setSpan } = useFilter();
  const answer = useQuery(pathQuestion(browserCollector, id, span));
  return (
    <>
      <Toolbar
        title="Path"
        time={{ span, setSpan }}
        actions={
          <Link href={flowsHref(filter, span, id)} prefetch={false} className={buttonClass("quiet")}>
            <ListTree size={15} aria-hidden />
            Ledger
          </Link>
        }
      />
      <AnswerProblem answer={answer} />
      <AnswerBody
        answer={answer}
        loading={<Loading text="Loading the path…" heights={["h-12", "h-44", "h-44"]} />}
      >
        {(path) => <PathBody path={path} />}
      </AnswerBody>
    </>
  );
}

function PathBody({ path }: { path: ConnectionPath }) {
  const { connection, forward, reply, broken } = path;
  const { client, server, service, translation, protocol, outcome } = connection;
  const usual = useUsualLatency(path);
  const brokenIn = (direction: "forward" | "reply") => (broken?.direction === direction ? broken : null);
  return (
    <PageColumn wide data-path={connection.id}>
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
      <PathFinding path={path} />
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
    </PageColumn>
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
