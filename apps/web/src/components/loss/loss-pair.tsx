"use client";

import type { LossAnswer, LossCell } from "@hopline/api";
import type { TimeSpan } from "../../filters/time-span";
import { formatByteRate, formatDuration, formatShare } from "../../units/quantity";
import { TimeChart } from "../charts/time-chart";
import { lossDetail } from "./loss-level";
import { PairCard, SeriesSkeleton } from "./pair-card";
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
    <PairCard cell={cell} detail={lossDetail(cell)}>
      {series === null ? <SeriesSkeleton /> : <PairCharts series={series} />}
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
    </PairCard>
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
