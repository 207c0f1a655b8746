"use client";

import { type Connection, icmpErrorText } from "@hopline/api";
import clsx from "clsx";
import { ArrowRight } from "lucide-react";
import { formatBytes, formatMicroseconds } from "../../units/quantity";
import { ClockText } from "../time/clock-text";
import { ConformanceBadge } from "./conformance-badge";
import { OutcomeBadge } from "./outcome-badge";
import { portText } from "./port-text";

/** What policy says more about than the outcome does. */
const NOTABLE: ReadonlySet<Connection["conformance"]> = new Set([
  "denied-observed",
  "denied-inferred",
  "unenforced",
]);

/** A connection where there is no room for columns. */
export function FlowCard({
  connection,
  chosen,
  onChoose,
}: {
  connection: Connection;
  chosen: boolean;
  onChoose: (id: string) => void;
}) {
  const { client, server, forward, reply, handshakeUs, icmpError, outcome, conformance, lastSeen } =
    connection;
  return (
    <button
      type="button"
      data-connection={connection.id}
      onClick={() => onChoose(connection.id)}
      className={clsx(
        "flex h-full w-full flex-col justify-center gap-0.5 px-3 text-left hover:bg-sunken",
        chosen && "bg-accent-soft",
      )}
    >
      <span className="flex w-full items-center gap-1.5">
        <span className="min-w-0 truncate font-medium">{client.entity.name}</span>
        <ArrowRight size={12} aria-hidden className="shrink-0 text-faint" />
        <span className="min-w-0 truncate font-medium">{server.entity.name}</span>
        <span className="ml-auto shrink-0 font-mono text-2xs text-muted">{portText(connection)}</span>
      </span>
      <span className="flex w-full items-center gap-2.5 text-2xs text-muted">
        <ClockText timeMs={lastSeen} />
        <span>
          {formatBytes(forward.bytes)} → · {formatBytes(reply.bytes)} ←
        </span>
        {handshakeUs === null ? null : <span>{formatMicroseconds(handshakeUs)}</span>}
        {icmpError === null ? null : (
          <span className="min-w-0 truncate text-bad" title={icmpErrorText(icmpError)}>
            ICMP error
          </span>
        )}
        <span className="ml-auto shrink-0">
          {NOTABLE.has(conformance) ? (
            <ConformanceBadge conformance={conformance} />
          ) : (
            <OutcomeBadge outcome={outcome} />
          )}
        </span>
      </span>
    </button>
  );
}
