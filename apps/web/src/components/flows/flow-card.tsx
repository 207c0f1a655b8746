"use client";

import { type Connection, icmpErrorText } from "@hopline/api";
import clsx from "clsx";
import { ArrowRight } from "lucide-react";
import { formatMicroseconds } from "../../units/quantity";
import { ClockText } from "../time/clock-text";
import { bytesText } from "./bytes-text";
import { ConformanceBadge } from "./conformance-badge";
import type { PathOf } from "./flow-columns";
import { isFailure, OutcomeBadge } from "./outcome-badge";
import { portText } from "./port-text";
import { WhereLink } from "./where-link";

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
  pathOf,
}: {
  connection: Connection;
  chosen: boolean;
  onChoose: (id: string) => void;
  pathOf: PathOf;
}) {
  const { client, server, handshakeUs, icmpError, outcome, conformance, lastSeen } = connection;
  const failed = isFailure(outcome);
  return (
    <div className={clsx("flex h-full items-stretch hover:bg-sunken", chosen && "bg-accent-soft")}>
      <button
        type="button"
        data-connection={connection.id}
        onClick={() => onChoose(connection.id)}
        className={clsx(
          "flex min-w-0 flex-1 flex-col justify-center gap-0.5 pl-3 text-left",
          !failed && "pr-3",
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
            {bytesText(connection, "forward")} → · {bytesText(connection, "reply")} ←
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
      {failed ? (
        <span className="grid shrink-0 place-items-center pr-2">
          <WhereLink href={pathOf(connection.id)} />
        </span>
      ) : null}
    </div>
  );
}
