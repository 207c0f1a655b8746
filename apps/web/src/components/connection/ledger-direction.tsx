import { type Hop, icmpErrorText } from "@hopline/api";
import clsx from "clsx";
import type { ReactNode } from "react";
import type { Direction, HopStep } from "../../hop-ledger/hop-differences";
import { formatUtc } from "../../units/clock-time";
import { formatBytes, formatCount, formatExactCount, formatMicroseconds } from "../../units/quantity";
import { ClockText } from "../time/clock-text";

interface LedgerRow {
  readonly name: string;
  /** Left out where it says nothing at any hop. */
  readonly says: (hop: Hop) => boolean;
  readonly cell: (hop: Hop, step: HopStep) => ReactNode;
}

const CLOSINGS = { fin: "first FIN", rst: "reset it" } as const;

const always = () => true;

const ROWS: readonly LedgerRow[] = [
  { name: "Packets", says: always, cell: (hop) => formatExactCount(hop.packets) },
  {
    name: "Payload bytes",
    says: always,
    cell: (hop, { missingPayloadBytes }) => (
      <>
        <span className="font-semibold">{formatExactCount(hop.payloadBytes)}</span>
        {missingPayloadBytes === undefined || missingPayloadBytes === 0 ? null : (
          <span className="block text-2xs font-medium text-warn">
            {missingPayloadBytes > 0 ? "−" : "+"}
            {formatExactCount(Math.abs(missingPayloadBytes))}
          </span>
        )}
      </>
    ),
  },
  { name: "With payload", says: always, cell: (hop) => `${formatExactCount(hop.payloadPackets)} pkt` },
  {
    name: "Retransmitted",
    says: (hop) => hop.retransmittedBytes > 0,
    cell: (hop) => <span className="text-warn">{formatBytes(hop.retransmittedBytes)}</span>,
  },
  {
    name: "Out of order",
    says: (hop) => hop.outOfOrderBytes > 0,
    cell: (hop) =>
      hop.outOfOrderBytes === 0 ? (
        <None />
      ) : (
        <span title={`${formatExactCount(hop.outOfOrderPackets)} packets`} className="text-warn">
          {formatBytes(hop.outOfOrderBytes)}
        </span>
      ),
  },
  {
    name: "Gaps",
    says: (hop) => hop.gapBytes > 0,
    cell: (hop) =>
      hop.gapBytes === 0 ? <None /> : <span className="text-warn">{formatBytes(hop.gapBytes)}</span>,
  },
  {
    name: "First seen",
    says: always,
    cell: (hop, { sinceFirstMs, sameNodeAsFirst }) =>
      sinceFirstMs === 0 || sinceFirstMs === undefined ? (
        <ClockText timeMs={hop.firstSeen} form="milliseconds" />
      ) : (
        <span title={formatUtc(hop.firstSeen)}>
          {sinceFirstMs < 0 ? "−" : "+"}
          {formatMicroseconds(Math.abs(sinceFirstMs) * 1000)}
          {sameNodeAsFirst ? "" : "*"}
        </span>
      ),
  },
  {
    name: "Last seen",
    says: always,
    cell: (hop) => <ClockText timeMs={hop.lastSeen} form="milliseconds" />,
  },
  {
    name: "Handshake",
    says: (hop) => hop.handshakeUs !== null,
    cell: (hop) => (hop.handshakeUs === null ? <None /> : formatMicroseconds(hop.handshakeUs)),
  },
  {
    name: "Data round trip",
    says: (hop) => hop.dataRoundTripUs !== null,
    cell: (hop) =>
      hop.dataRoundTripUs === null ? (
        <None />
      ) : (
        <span
          title={`mean of ${formatExactCount(hop.dataRoundTrips)}, ${formatExactCount(hop.timestampRoundTrips)} of them by timestamps`}
        >
          {formatMicroseconds(hop.dataRoundTripUs)}
        </span>
      ),
  },
  {
    name: "Announced",
    says: (hop) => hop.maximumSegmentSize !== null,
    cell: (hop) =>
      hop.maximumSegmentSize === null ? (
        <None />
      ) : (
        <span title={hop.tcpOptions.join(", ")}>
          MSS {hop.maximumSegmentSize}
          {hop.windowScale === null ? null : (
            <span className="block text-2xs text-muted">scale {hop.windowScale}</span>
          )}
        </span>
      ),
  },
  {
    name: "Super-frames",
    says: (hop) => hop.superFrames > 0,
    cell: (hop) =>
      hop.superFrames === 0 ? (
        <None />
      ) : (
        <span
          title={`${formatExactCount(hop.superFrames)} GSO or GRO super-frames stand for ${formatExactCount(hop.superFrameSegments)} segments on the wire`}
        >
          {formatCount(hop.superFrames)} for {formatCount(hop.superFrameSegments)} seg
        </span>
      ),
  },
  {
    name: "Fragments",
    says: (hop) => hop.fragments > 0,
    cell: (hop) => (hop.fragments === 0 ? <None /> : formatExactCount(hop.fragments)),
  },
  {
    name: "ICMP errors",
    says: (hop) => hop.icmpErrors > 0,
    cell: (hop) =>
      hop.icmpError === null ? (
        <None />
      ) : (
        <span className="inline-block max-w-44 whitespace-normal text-2xs leading-4 text-bad">
          {hop.icmpErrors > 1 ? `${formatExactCount(hop.icmpErrors)}, last: ` : null}
          {icmpErrorText(hop.icmpError)}
        </span>
      ),
  },
  {
    name: "Closing",
    says: (hop) => hop.closing !== "none",
    cell: (hop) => (hop.closing === "none" ? <None /> : CLOSINGS[hop.closing]),
  },
  {
    name: "Encapsulation",
    says: (hop) => hop.encapsulation !== "none",
    cell: (hop) => (hop.encapsulation === "none" ? <None /> : hop.encapsulation),
  },
  {
    name: "Outer",
    says: (hop) => hop.outerSource !== null,
    cell: (hop) =>
      hop.outerSource === null ? (
        <None />
      ) : (
        <span className="block font-mono text-2xs leading-4">
          {hop.outerSource}
          <br />→ {hop.outerDestination}
        </span>
      ),
  },
  {
    name: "VNI or key",
    says: (hop) => hop.vni !== null,
    cell: (hop) => (hop.vni === null ? <None /> : hop.vni),
  },
  {
    name: "Sampled",
    says: (hop) => hop.sampled,
    cell: (hop) => (hop.sampled ? <span className="text-warn">lower bound</span> : <None />),
  },
];

/** One direction of the ledger: a row for each counter, a column for each hop. */
export function LedgerDirection({
  name,
  direction,
  steps,
}: {
  name: string;
  direction: Direction;
  steps: readonly HopStep[];
}) {
  const hops = steps.flatMap(({ hop }) => (hop === undefined ? [] : [hop]));
  const rows = ROWS.filter(({ says }) => hops.some(says));
  return (
    <tbody data-direction={direction}>
      <tr>
        <th
          scope="rowgroup"
          colSpan={steps.length + 1}
          className={clsx(
            "border-t border-line-strong pt-2 pb-1 text-left text-2xs font-semibold",
            direction === "forward" ? "text-forward" : "text-reply",
          )}
        >
          <span className="sticky left-0">
            {direction === "forward" ? `${name} →` : `← ${name}`}
            {hops.length === 0 ? <span className="font-normal text-muted"> no packet was seen</span> : null}
          </span>
        </th>
      </tr>
      {rows.map((row) => (
        <tr key={row.name} className="group">
          <th
            scope="row"
            className="sticky left-0 z-10 bg-surface w-px py-0.75 pr-4 text-left font-normal whitespace-nowrap text-muted group-hover:bg-sunken"
          >
            {row.name}
          </th>
          {steps.map((step) => (
            <td
              key={step.column.key}
              className="px-1 py-0.75 text-center align-top whitespace-nowrap group-hover:bg-sunken"
            >
              {step.hop === undefined ? <None /> : row.cell(step.hop, step)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function None() {
  return <span className="text-faint">–</span>;
}
