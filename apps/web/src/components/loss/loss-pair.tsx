"use client";

import type { LossAnswer, LossCell } from "@hopline/api";
import type { TimeSpan } from "../../filters/time-span";
import { formatByteRate, formatDuration, formatShare } from "../../units/quantity";
import { TimeChart } from "../charts/time-chart";
import { lossDetail } from "./loss-level";
import { WorstConnections, WorstEdges } from "./worst-losers";

/** One pair of nodes on one segment: its figure in words, loss and payload over time, and whose packets they were. */
export function LossPair({
  cell,
  series,
  worst,
  span,
}: {
  cell: LossCell;
  series: LossAnswer["series"];
  worst: LossAnswer["worst"];
  span: TimeSpan;
}) {
  return (
    <section
      aria-label={`${cell.sourceNode} to ${cell.destinationNode}`}
      className="overflow-hidden rounded-lg border border-line bg-surface"
    >
      <div className="border-b border-line px-4 py-3">
        <h2 className="text-sm font-semibold">
          {cell.sourceNode} to {cell.destinationNode}: {cell.segment}
        </h2>
        <p className="text-xs text-muted">{lossDetail(cell)}</p>
      </div>
      {series === null ? null : <PairCharts series={series} />}
      {worst === null ? null : worst.edges.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-xs text-muted">
          No connection lost anything in the windows that are complete.
        </p>
      ) : (
        <div className="border-t border-line">
          <WorstEdges edges={worst.edges} />
          <WorstConnections connections={worst.connections} span={span} />
        </div>
      )}
    </section>
  );
}

function PairCharts({ series: { stepSeconds, points } }: { series: NonNullable<LossAnswer["series"]> }) {
  const step = `per ${formatDuration(stepSeconds * 1000)}`;
  return (
    <div className="divide-y divide-line">
      <TimeChart
        title="Loss"
        note={`${step}; nothing is drawn where it is unknown`}
        format={formatShare}
        points={points.map(({ time, payload }) => ({ time, values: { loss: payload?.ratio ?? null } }))}
        series={[{ key: "loss", name: "of payload", color: "var(--bad-line)", form: "bar", showsZero: true }]}
      />
      <TimeChart
        title="Payload"
        note={step}
        format={formatByteRate}
        points={points.map(({ time, sentPayloadBytes }) => ({
          time,
          values: { sent: sentPayloadBytes / stepSeconds },
        }))}
        series={[{ key: "sent", name: "sent", color: "var(--forward)", form: "bar" }]}
      />
    </div>
  );
}
