"use client";

import type { EdgeSeries } from "@hopline/api";
import { browserCollector } from "../../collector/browser-collector";
import { formatByteRate, formatCount, formatDuration, formatMicroseconds } from "../../units/quantity";
import { type ChartPoint, TimeChart } from "./time-chart";

/** So long after its end a window may still be on its way: it closes after ten seconds, and is sent and stored. */
const SETTLE_MS = 15_000;

/** The charts of one edge or one card: bytes each way, connections, handshakes, and retransmissions where there are any. */
export default function SeriesCharts({ series }: { series: EdgeSeries }) {
  const { points, stepSeconds, range } = series;
  // A step that is still filling would look like a fall to nothing.
  const endMs = Math.min(range.to, browserCollector.now() - SETTLE_MS);
  const whole = points.filter(({ time }) => time + stepSeconds * 1000 <= endMs);
  const chart = (values: (point: EdgeSeries["points"][number]) => ChartPoint["values"]): ChartPoint[] =>
    whole.map((point) => ({ time: point.time, values: values(point) }));
  const step = `per ${formatDuration(stepSeconds * 1000)}`;
  return (
    <div className="divide-y divide-line">
      <TimeChart
        title="Bytes"
        note={step}
        format={formatByteRate}
        points={chart((point) => ({
          forward: point.forwardBytes / stepSeconds,
          reply: -point.replyBytes / stepSeconds,
        }))}
        series={[
          { key: "forward", name: "to server", color: "var(--forward)", form: "area" },
          { key: "reply", name: "to client", color: "var(--reply)", form: "area" },
        ]}
      />
      <TimeChart
        title="Connections"
        note={`active ${step}`}
        format={formatCount}
        points={chart(({ connections }) => ({ connections }))}
        series={[{ key: "connections", name: "connections", color: "var(--forward)", form: "bar" }]}
      />
      {points.some(({ handshakeP50Us }) => handshakeP50Us !== null) ? (
        <TimeChart
          title="Handshake"
          note="round trip at the client"
          format={formatMicroseconds}
          points={chart(({ handshakeP50Us, handshakeP95Us }) => ({
            p50: handshakeP50Us,
            p95: handshakeP95Us,
          }))}
          series={[
            { key: "p50", name: "p50", color: "var(--forward)", form: "line" },
            { key: "p95", name: "p95", color: "var(--warn-line)", form: "line", dashes: "4 3" },
          ]}
        />
      ) : null}
      {points.some(({ retransmittedBytes }) => retransmittedBytes > 0) ? (
        <TimeChart
          title="Retransmitted"
          note={step}
          format={formatByteRate}
          points={chart((point) => ({ retransmitted: point.retransmittedBytes / stepSeconds }))}
          series={[
            { key: "retransmitted", name: "payload sent again", color: "var(--warn-line)", form: "bar" },
          ]}
        />
      ) : null}
    </div>
  );
}
