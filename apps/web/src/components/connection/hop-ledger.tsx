"use client";

import { type Connection, type Hop, icmpErrorText } from "@hopline/api";
import { hopStretches, type NodeStretch } from "../../hop-ledger/hop-columns";
import { type HopStep, hopSteps } from "../../hop-ledger/hop-differences";
import { formatBytes } from "../../units/quantity";
import { LedgerDirection } from "./ledger-direction";
import { LedgerHead } from "./ledger-head";

/** Younger than this, the hops' last windows may not all have arrived. */
const SETTLE_MS = 25_000;

/**
 * What every hop counted, side by side in the order in which the client's packets pass: the same bytes everywhere
 * where nothing was lost, less from the place on where something was.
 */
export function HopLedger({
  connection,
  hops,
  asOfMs,
}: {
  connection: Connection;
  hops: readonly Hop[];
  asOfMs: number;
}) {
  if (hops.length === 0) {
    return (
      <p className="px-4 py-6 text-sm text-muted">
        No hop of this connection is kept any more for this range. Hop rows are kept for a shorter time than
        connections: choose a more recent range.
      </p>
    );
  }
  const stretches = hopStretches(connection, hops);
  const columns = stretches.flatMap((stretch) => stretch.columns);
  const forward = hopSteps(columns, "forward");
  const reply = hopSteps(columns, "reply");
  const nodes = new Set(columns.map(({ node }) => node));
  return (
    <section aria-label="Hops" className="py-3">
      <h2 className="px-4 text-xs font-semibold">
        Hop by hop <span className="font-normal text-muted">{missingText(stretches, connection)}</span>
      </h2>
      <div className="space-y-0.5 px-4 pt-1 text-xs">
        {connection.icmpError === null ? null : (
          <p>
            <span className="font-medium text-bad">ICMP: {icmpErrorText(connection.icmpError)}</span>, about
            packets of this connection.
          </p>
        )}
        <Finding steps={forward} direction="to the server" />
        <Finding steps={[...reply].reverse()} direction="to the client" />
      </div>
      <div className="mt-2 overflow-x-auto px-4 pb-1">
        <table className="w-full border-separate border-spacing-0 text-xs" data-ledger>
          <caption className="sr-only">What each hop counted, from the client's side to the server's</caption>
          <LedgerHead stretches={stretches} forward={forward} reply={reply} />
          <LedgerDirection name="To the server" direction="forward" steps={forward} />
          <LedgerDirection name="To the client" direction="reply" steps={reply} />
        </table>
      </div>
      <div className="space-y-1 px-4 pt-2">
        {asOfMs - connection.lastSeen < SETTLE_MS ? (
          <p className="text-2xs text-muted">
            The connection moved within the last windows; hops may differ until all of them have reported.
          </p>
        ) : null}
        {nodes.size > 1 ? (
          <p className="text-2xs text-muted">
            Times with * come from another node&apos;s clock: they hold the difference between the two clocks.
          </p>
        ) : null}
      </div>
    </section>
  );
}

function missingText(stretches: readonly NodeStretch[], { client, server }: Connection): string {
  const seen = new Set(stretches.map(({ node }) => node));
  const absent = [client.node, server.node].filter((node) => node !== "" && !seen.has(node));
  return absent.length === 0 ? "" : `nothing from ${[...new Set(absent)].join(" and ")}`;
}

/** In words, where payload went missing; `steps` in the order in which the packets pass. */
function Finding({ steps, direction }: { steps: readonly HopStep[]; direction: string }) {
  const counted = steps.filter(({ hop }) => hop !== undefined);
  if (counted.length < 2) return null;
  const losses = counted.flatMap((step, index) => {
    const before = counted[index - 1];
    const missing = step.missingPayloadBytes ?? 0;
    return before === undefined || missing === 0 ? [] : [{ before, step, missing }];
  });
  if (losses.length === 0) {
    return (
      <p className="text-muted">
        {counted.length === 2 ? "Both" : `All ${counted.length}`} hops counted the same payload {direction}.
      </p>
    );
  }
  return losses.map(({ before, step, missing }) => (
    <p key={step.column.key}>
      <span className="font-medium text-warn">
        {formatBytes(Math.abs(missing))} of payload {direction}{" "}
        {missing > 0 ? "did not reach" : "more were counted at"}
      </span>{" "}
      {place(step)}, after {place(before)}.
    </p>
  ));
}

function place({ column }: HopStep): string {
  return `${column.interface} on ${column.node}`;
}
