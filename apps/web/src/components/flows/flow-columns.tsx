"use client";

import {
  type Connection,
  type End,
  type flowSortSchema,
  icmpErrorText,
  icmpPortText,
  isCounted,
  verdictDecidedBy,
} from "@hopline/api";
import clsx from "clsx";
import type { ReactNode } from "react";
import type { z } from "zod";
import type { Direction } from "../../hop-ledger/hop-differences";
import { formatBytes, formatCount, formatExactCount, formatMicroseconds } from "../../units/quantity";
import { EntityIcon } from "../entity/entity-icon";
import { ClockText } from "../time/clock-text";
import { ConformanceBadge } from "./conformance-badge";
import { isFailure, OutcomeBadge } from "./outcome-badge";
import { portText } from "./port-text";
import { WhereLink } from "./where-link";

export type FlowSort = z.output<typeof flowSortSchema>;

/** The address of the path page of a connection. */
export type PathOf = (id: string) => string;

export interface FlowColumn {
  readonly key: string;
  readonly name: string;
  readonly sort?: FlowSort;
  /** A track of the row's grid. */
  readonly width: string;
  readonly numeric?: boolean;
  /** @param pathOf address of a connection's path page */
  readonly cell: (connection: Connection, pathOf: PathOf) => ReactNode;
}

/** What the table shows of a connection, from left to right. */
export const FLOW_COLUMNS: readonly FlowColumn[] = [
  {
    key: "time",
    name: "Last seen",
    sort: "lastSeen",
    width: "96px",
    cell: ({ lastSeen }) => (
      <span className="font-mono text-xs">
        <ClockText timeMs={lastSeen} />
      </span>
    ),
  },
  {
    key: "client",
    name: "Client",
    width: "minmax(150px,1.25fr)",
    cell: (connection) => <EndCell end={connection.client} withPort={hasPorts(connection)} />,
  },
  {
    key: "server",
    name: "Server",
    width: "minmax(150px,1.25fr)",
    cell: (connection) => <EndCell end={connection.server} withPort={false} />,
  },
  {
    key: "service",
    name: "Service, port",
    width: "minmax(104px,0.55fr)",
    cell: ({ service, ...connection }) => (
      <TwoLines
        first={
          service === null ? (
            <span className="font-normal text-faint">
              {isCounted(connection, "forward") ? "direct" : "–"}
            </span>
          ) : (
            <span
              className="truncate"
              title={`${service.namespace}/${service.name} at ${service.address}:${service.port}`}
            >
              {service.name}
            </span>
          )
        }
        second={
          <span className="font-mono" title={portText(connection)}>
            {portText(connection)}
          </span>
        }
      />
    ),
  },
  {
    key: "bytes",
    name: "Bytes",
    sort: "bytes",
    width: "88px",
    numeric: true,
    cell: (connection) => <BothWays connection={connection} of={({ bytes }) => bytes} format={formatBytes} />,
  },
  {
    key: "packets",
    name: "Packets",
    sort: "packets",
    width: "80px",
    numeric: true,
    cell: (connection) => (
      <BothWays connection={connection} of={({ packets }) => packets} format={formatCount} />
    ),
  },
  {
    key: "retransmitted",
    name: "Retrans.",
    sort: "retransmittedBytes",
    width: "82px",
    numeric: true,
    cell: (connection) => {
      const { forward, reply } = connection;
      const bytes = forward.retransmittedBytes + reply.retransmittedBytes;
      const late = forward.outOfOrderBytes + reply.outOfOrderBytes;
      return (
        <span className="block text-xs leading-4.5">
          <span className={bytes === 0 ? "text-faint" : "font-medium text-warn"}>{formatBytes(bytes)}</span>
          {late === 0 ? null : (
            <span
              className="block text-2xs text-warn"
              title={`${formatBytes(late)} came late and filled a gap`}
            >
              {formatBytes(late)} late
            </span>
          )}
        </span>
      );
    },
  },
  {
    key: "handshake",
    name: "Handshake",
    sort: "handshakeUs",
    width: "92px",
    numeric: true,
    cell: ({ handshakeUs }) =>
      handshakeUs === null ? <span className="text-faint">–</span> : formatMicroseconds(handshakeUs),
  },
  {
    key: "outcome",
    name: "Outcome",
    width: "136px",
    cell: ({ id, outcome, icmpError }, pathOf) => (
      <span className="block text-xs">
        <OutcomeBadge outcome={outcome} />
        {isFailure(outcome) ? <WhereLink href={pathOf(id)} /> : null}
        {icmpError === null ? null : (
          <span className="block truncate text-2xs text-bad" title={icmpErrorText(icmpError)}>
            {icmpErrorText(icmpError).replace(/^.* says: /, "")}
          </span>
        )}
      </span>
    ),
  },
  {
    key: "policy",
    name: "Policy",
    width: "128px",
    cell: ({ conformance, verdictBy, verdictChanged }) => (
      <span className="block text-xs" title={verdictBy === null ? undefined : verdictDecidedBy(verdictBy)}>
        <ConformanceBadge conformance={conformance} />
        {verdictChanged ? <span className="block text-2xs text-warn">policy changed</span> : null}
      </span>
    ),
  },
  {
    key: "scope",
    name: "Scope, hops",
    width: "96px",
    cell: ({ scope, hops }) => (
      <TwoLines
        first={<span className="text-xs font-normal">{scope}</span>}
        second={`${hops} ${hops === 1 ? "hop" : "hops"}`}
      />
    ),
  },
];

export const FLOW_GRID = FLOW_COLUMNS.map(({ width }) => width).join(" ");

/** What tells a workload's pods apart stands at the end of their names: it is never cut off. */
const TAIL = 6;

const hasPorts = (connection: Connection) => icmpPortText(connection) === undefined;

function EndCell({ end, withPort }: { end: End; withPort: boolean }) {
  const { entity, pod, address, port } = end;
  const who = pod === "" ? address : pod;
  const socket = withPort ? `${address}:${port}` : address;
  return (
    <TwoLines
      first={
        <>
          <span className="text-faint">
            <EntityIcon kind={entity.kind} size={13} />
          </span>
          <span className="truncate" title={entity.name}>
            {entity.name}
          </span>
          {entity.namespace === "" ? null : (
            <span
              className="min-w-6 shrink-[99] truncate text-2xs font-normal text-muted"
              title={entity.namespace}
            >
              {entity.namespace}
            </span>
          )}
        </>
      }
      second={
        <span className="flex min-w-0" title={`${who} ${socket}${end.node === "" ? "" : ` on ${end.node}`}`}>
          <span className={clsx("truncate", pod === "" && "font-mono")}>{who.slice(0, -TAIL)}</span>
          <span className={clsx("shrink-0", pod === "" && "font-mono")}>{who.slice(-TAIL)}</span>
          {withPort ? <span className="shrink-0 font-mono">:{port}</span> : null}
        </span>
      }
    />
  );
}

function TwoLines({ first, second }: { first: ReactNode; second: ReactNode }) {
  return (
    <span className="block min-w-0">
      <span className="flex min-w-0 items-center gap-1.5 truncate leading-4.5 font-medium">{first}</span>
      <span className="block truncate text-2xs text-muted">{second}</span>
    </span>
  );
}

/** The hop that reports a direction has not told of it yet. */
const NOT_COUNTED = "–";

/** To the server above, to the client below. */
function BothWays({
  connection,
  of,
  format,
}: {
  connection: Connection;
  of: (counters: Connection["forward"]) => number;
  format: (count: number) => string;
}) {
  const text = (direction: Direction, write: (count: number) => string) =>
    isCounted(connection, direction) ? write(of(connection[direction])) : NOT_COUNTED;
  const title = `${text("forward", formatExactCount)} to the server, ${text("reply", formatExactCount)} to the client`;
  return (
    <span title={title} className="block text-xs leading-4.5">
      <Way mark="→" text={text("forward", format)} className="text-forward" />
      <Way mark="←" text={text("reply", format)} className="text-reply" />
    </span>
  );
}

function Way({ mark, text, className }: { mark: string; text: string; className: string }) {
  return (
    <span className="flex items-center justify-end gap-1">
      {text}
      <span aria-hidden className={clsx("font-mono text-2xs", className)}>
        {mark}
      </span>
    </span>
  );
}
