import type { PathHop } from "@hopline/api";
import clsx from "clsx";
import { formatBytes, formatExactCount, formatMicroseconds } from "../../units/quantity";

/** Why a hop has no counters. */
const STATES: Readonly<Record<Exclude<PathHop["state"], "seen">, string>> = {
  silent: "Nothing came here",
  unreached: "Not reached",
  waiting: "Has not reported yet",
  uncertain: "Unknown: not counted here",
  unwatched: "No agent here",
};

/** Frames that say so; all others are dashed. */
const CARDS: Readonly<Partial<Record<PathHop["state"], string>>> = {
  seen: "border-line-strong bg-surface",
  silent: "border-bad-line bg-bad-soft",
};

/** One hop: the interface, and what it counted of this direction. */
export function PathHopCard({ hop }: { hop: PathHop }) {
  const { node, role, crossing, interfaces, state } = hop;
  const round = hop.dataRoundTripUs ?? hop.handshakeUs;
  return (
    <div
      data-hop={state}
      className={clsx(
        "min-w-34 rounded-lg border px-3 py-2 text-xs shadow-card lg:flex-1",
        CARDS[state] ?? "border-dashed border-line-strong bg-surface",
      )}
    >
      <p className="truncate text-sm font-semibold">{node}</p>
      <p className="text-2xs text-muted">
        {role} {crossing === "in" ? "inwards" : "outwards"}
      </p>
      {interfaces.length === 0 ? null : (
        <p className="truncate font-mono text-2xs text-muted">{interfaces.join(", ")}</p>
      )}
      {state === "seen" ? (
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 [&>dd]:text-right [&>dd]:whitespace-nowrap [&>dt]:text-muted">
          <dt>Packets</dt>
          <dd>{formatExactCount(hop.packets)}</dd>
          <dt>Payload</dt>
          <dd>{formatBytes(hop.payloadBytes)}</dd>
          {hop.retransmittedBytes === 0 ? null : (
            <>
              <dt>Sent again</dt>
              <dd className="text-warn">{formatBytes(hop.retransmittedBytes)}</dd>
            </>
          )}
          {hop.gapBytes <= 0 ? null : (
            <>
              <dt>Gaps</dt>
              <dd className="text-warn">{formatBytes(hop.gapBytes)}</dd>
            </>
          )}
          {round === null ? null : (
            <>
              <dt>Round trip</dt>
              <dd>{formatMicroseconds(round)}</dd>
            </>
          )}
          {hop.encapsulation === "none" ? null : (
            <>
              <dt>{hop.encapsulation}</dt>
              <dd title={`${hop.outerSource ?? "?"} to ${hop.outerDestination ?? "?"}`}>
                {hop.vni === null ? "yes" : `VNI ${hop.vni}`}
              </dd>
            </>
          )}
        </dl>
      ) : (
        <p className={clsx("mt-1.5 font-medium", state === "silent" ? "text-bad" : "text-muted")}>
          {STATES[state]}
        </p>
      )}
    </div>
  );
}
