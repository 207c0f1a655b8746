"use client";

import {
  entityId,
  type LatencyAnswer,
  type LatencyCell,
  type LatencyEdge,
  type LatencyHop,
  latencyPlaceSchema,
} from "@hopline/api";
import { formatCount, formatDuration, formatMicroseconds } from "../../units/quantity";
import { TimeChart } from "../charts/time-chart";
import { type DataColumn, DataTable } from "../surface/data-table";
import { EdgeName } from "./edge-name";
import { latencyDetail, QUANTILES, type QuantileName, quantileOf } from "./latency-level";
import { PairCard, SeriesSkeleton } from "./pair-card";

/** One pair of nodes on one segment: what it adds to round trips, over time and by edge, and the round trips of the whole way. */
export function LatencyPair({
  cell,
  answer: { hops, edges, series },
}: {
  cell: LatencyCell;
  answer: LatencyAnswer;
}) {
  const { sourceNode, destinationNode } = cell;
  const way = latencyPlaceSchema.options.flatMap((place) =>
    hops.filter(
      (hop) =>
        hop.place === place && hop.sourceNode === sourceNode && hop.destinationNode === destinationNode,
    ),
  );
  return (
    <PairCard cell={cell} detail={latencyDetail(cell)}>
      {series === null ? <SeriesSkeleton /> : <PairCharts series={series} />}
      <section className="border-t border-line py-2 text-xs" data-latency-hops>
        <h3 className="px-4 pb-1 text-xs font-semibold">
          Round trips from each hop to the destination and back
        </h3>
        <DataTable caption="Round trips by hop" columns={HOPS} rows={way} keyOf={({ place }) => place} />
      </section>
      {edges === null || edges.length === 0 ? null : (
        <section className="border-t border-line py-2 text-xs" data-latency-edges>
          <h3 className="px-4 pb-1 text-xs font-semibold">Edges that it slows most</h3>
          <DataTable
            caption="Edges that it slows most"
            columns={EDGES}
            rows={edges}
            keyOf={({ client, server, service, protocol, port }) =>
              `${entityId(client)} ${entityId(server)} ${service} ${protocol} ${port}`
            }
          />
        </section>
      )}
    </PairCard>
  );
}

const quantileColumns = (kind: "handshake" | "data"): readonly DataColumn<LatencyHop | LatencyEdge>[] =>
  QUANTILES.map((name) => ({
    name: `${kind === "data" ? "Data" : "Handshake"} ${name}`,
    numeric: true,
    cell: (row) => <span className="whitespace-nowrap">{microseconds(row[kind]?.[name] ?? null)}</span>,
  }));

const HOPS: readonly DataColumn<LatencyHop>[] = [
  { name: "From", cell: ({ place }) => <span className="whitespace-nowrap">{place}</span> },
  ...quantileColumns("data"),
  ...quantileColumns("handshake"),
];

const EDGES: readonly DataColumn<LatencyEdge>[] = [
  { name: "Edge", cell: (edge) => <EdgeName edge={edge} /> },
  { name: "Connections", numeric: true, cell: ({ connections }) => formatCount(connections) },
  ...quantileColumns("data"),
  ...quantileColumns("handshake"),
];

const LINES: Readonly<Record<QuantileName, { color: string; dashes?: string }>> = {
  p50: { color: "var(--forward)" },
  p95: { color: "var(--warn-line)", dashes: "4 3" },
  p99: { color: "var(--bad-line)", dashes: "1 3" },
};

function PairCharts({ series: { stepSeconds, points } }: { series: NonNullable<LatencyAnswer["series"]> }) {
  return (
    <TimeChart
      title="Latency"
      note={`added to a round trip, per ${formatDuration(stepSeconds * 1000)}`}
      format={formatMicroseconds}
      points={points.map((point) => ({
        time: point.time,
        values: Object.fromEntries(QUANTILES.map((name) => [name, quantileOf(point, name)])),
      }))}
      series={QUANTILES.map((name) => ({ key: name, name, form: "line", ...LINES[name] }))}
    />
  );
}

function microseconds(value: number | null) {
  return value === null ? <span className="text-faint">–</span> : formatMicroseconds(value);
}
