"use client";

import {
  type Connection,
  type End,
  type flowSortSchema,
  icmpErrorText,
  icmpPortText,
  verdictDecidedBy,
} from "@hopline/api";
import clsx from "clsx";
import type { ReactNode } from "react";
import type { z } from "zod";
import { formatBytes, formatCount, formatExactCount, formatMicroseconds } from "../../units/quantity";
import { EntityIcon } from "../entity/entity-icon";
import { ClockText } from "../time/clock-text";
import { ConformanceBadge } from "./conformance-badge";
import { OutcomeBadge } from "./outcome-badge";
import { portText } from "./port-text";

export type FlowSort = z.output<typeof flowSortSchema>;

export interface FlowColumn {
  readonly key: string;
  readonly name: string;
  readonly sort?: FlowSort;
  /** A track of the row's grid. */
  readonly width: string;
  readonly numeric?: boolean;
  readonly cell: (connection: Connection) => ReactNode;
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
            <span className="font-normal text-faint">direct</span>
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
    cell: ({ forward, reply }) => (
      <BothWays
        forward={formatBytes(forward.bytes)}
        reply={formatBytes(reply.bytes)}
        exact={[forward.bytes, reply.bytes]}
      />
    ),
  },
  {
    key: "packets",
    name: "Packets",
    sort: "packets",
    width: "80px",
    numeric: true,
    cell: ({ forward, reply }) => (
      <BothWays
        forward={formatCount(forward.packets)}
        reply={formatCount(reply.packets)}
        exact={[forward.packets, reply.packets]}
      />
    ),
  },
  {
    key: "retransmitted",
    name: "Retrans.",
    sort: "retransmittedBytes",
    width: "82px",
    numeric: true,
    cell: ({ forward, reply }) => {
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
    cell: ({ outcome, icmpError }) => (
      <span className="block text-xs">
        <OutcomeBadge outcome={outcome} />
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

/** To the server above, to the client below. */
function BothWays({
  forward,
  reply,
  exact,
}: {
  forward: string;
  reply: string;
  exact: readonly [number, number];
}) {
  const title = `${formatExactCount(exact[0])} to the server, ${formatExactCount(exact[1])} to the client`;
  return (
    <span title={title} className="block text-xs leading-4.5">
      <Way mark="→" text={forward} className="text-forward" />
      <Way mark="←" text={reply} className="text-reply" />
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
