"use client";

import { type ConnectionDetail, type End, icmpPortText, isCounted } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight, Route } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { connectionQuestion } from "../../collector/questions";
import type { TimeSpan } from "../../filters/time-span";
import { formatMicroseconds } from "../../units/quantity";
import { SidePanel } from "../controls/side-panel";
import { EntityIcon } from "../entity/entity-icon";
import { kindName } from "../entity/entity-name";
import { Skeleton } from "../feedback/skeleton";
import { OutcomeBadge } from "../flows/outcome-badge";
import { pathHref } from "../path/path-link";
import { ClockText } from "../time/clock-text";
import { HopLedger } from "./hop-ledger";
import { VerdictFacts } from "./verdict-facts";

/** One connection: who, when, how it ended, and what every hop counted. */
export function ConnectionPanel({ id, span, onClose }: { id: string; span: TimeSpan; onClose: () => void }) {
  const { data, error } = useQuery(connectionQuestion(browserCollector, id, span));
  const names =
    data === undefined
      ? `Connection ${id}`
      : `${data.connection.client.entity.name} to ${data.connection.server.entity.name}`;
  return (
    <SidePanel
      wide
      title={names}
      onClose={onClose}
      heading={
        data === undefined ? (
          <div>
            <p className="text-base font-semibold">Connection</p>
            <p className="font-mono text-2xs text-muted">{id}</p>
          </div>
        ) : (
          <div className="flex items-start gap-3">
            <EndTitle end={data.connection.client} hasPorts={icmpPortText(data.connection) === undefined} />
            <ArrowRight size={16} aria-hidden className="mt-1 shrink-0 text-faint" />
            <EndTitle end={data.connection.server} hasPorts={icmpPortText(data.connection) === undefined} />
          </div>
        )
      }
    >
      {data === undefined ? (
        error === null ? (
          <div aria-busy="true" className="space-y-3 p-4">
            <Skeleton className="h-16 w-full" />
            <Skeleton className="h-48 w-full" />
          </div>
        ) : (
          <p className="p-4 text-sm text-bad">{error.message}</p>
        )
      ) : (
        <div className={error === null ? undefined : "stale"}>
          <Facts detail={data} />
          <VerdictFacts connection={data.connection} />
          <p className="border-b border-line px-4 py-2">
            <Link
              href={pathHref(id, span)}
              prefetch={false}
              className="inline-flex items-center gap-1.5 text-sm font-medium text-accent hover:underline"
            >
              <Route size={15} aria-hidden />
              Path: where it is lost or slow
            </Link>
          </p>
          <HopLedger connection={data.connection} hops={data.hops} asOfMs={data.range.to} />
        </div>
      )}
    </SidePanel>
  );
}

function EndTitle({ end, hasPorts }: { end: End; hasPorts: boolean }) {
  const { entity, pod, address, port, node } = end;
  return (
    <div className="min-w-0">
      <p className="flex items-center gap-1.5 text-base font-semibold">
        <span className="text-muted">
          <EntityIcon kind={entity.kind} />
        </span>
        <span className="truncate" title={entity.name}>
          {entity.name}
        </span>
      </p>
      <p className="truncate text-2xs text-muted">
        {[entity.namespace, kindName(entity), node].filter(Boolean).join(" · ")}
      </p>
      <p className="text-2xs text-muted [overflow-wrap:anywhere]">
        {pod === "" ? null : `${pod} `}
        <span className="font-mono">
          {address}
          {hasPorts ? (
            <>
              <wbr />
              <span className="whitespace-nowrap">:{port}</span>
            </>
          ) : null}
        </span>
      </p>
    </div>
  );
}

function Facts({ detail }: { detail: ConnectionDetail }) {
  const { connection } = detail;
  const { service, translation, protocol, scope, handshakeUs, outcome, firstSeen, lastSeen } = connection;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Outcome", <OutcomeBadge key="outcome" outcome={outcome} />],
    ["Protocol", `${[protocol.toUpperCase(), icmpPortText(connection)].filter(Boolean).join(" ")}, ${scope}`],
    [
      "Dialled",
      service === null
        ? isCounted(connection, "forward")
          ? "the server itself"
          : "not known yet"
        : `${service.namespace}/${service.name} at ${service.address}:${service.port}`,
    ],
    ["Translation", translation],
    ["Handshake", handshakeUs === null ? "none seen" : formatMicroseconds(handshakeUs)],
    ["First seen", <ClockText key="first" timeMs={firstSeen} form="milliseconds" />],
    ["Last seen", <ClockText key="last" timeMs={lastSeen} form="milliseconds" />],
    [
      "Connection id",
      <span key="id" className="font-mono">
        {connection.id}
      </span>,
    ],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 border-b border-line px-4 py-3 text-xs sm:grid-cols-4">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-2xs text-muted">{name}</dt>
          <dd className="[overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
