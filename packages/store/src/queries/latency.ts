import {
  type LatencyAnswer,
  type LatencyCell,
  type LatencyEdge,
  type LatencyHop,
  type LatencyQuery,
  latencyPlaceSchema,
  type Quantiles,
  segmentKindSchema,
} from "@hopline/api";
import { z } from "zod";
import { alignRange, fillRange, toTimeRange } from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { EDGE_COLUMNS, edgeShape, entityOf } from "./end-columns.js";
import { latencySamples } from "./latency-samples.js";
import { protocolName } from "./protocol-name.js";
import type { QueryContext } from "./query-context.js";
import { resolvedParameters } from "./resolved-connections.js";

const MAX_POINTS = 180;
/** Of the slowest edges, at most. */
const EDGES = 10;

const count = z.coerce.number();
/** ClickHouse has no quantiles of nothing: it gives NaN, as null. */
const quantilesSchema = z.array(z.number().nullable()).length(3);
const roundTripsSchema = z.object({
  handshake: quantilesSchema,
  handshake_count: count,
  data: quantilesSchema,
  data_count: count,
});

/** SQL aggregates over rows of `latencySamples`, as `roundTripsSchema` reads them; both from the same kind of samples. */
const QUANTILES = ["handshake", "data"]
  .map(
    (
      name,
    ) => `quantilesTDigestWeightedIf(0.5, 0.95, 0.99)(${name}_us, ${name}_weight, ${name}_weight > 0) AS ${name},
  sumIf(${name}_weight, ${name}_weight > 0) AS ${name}_count`,
  )
  .join(",\n  ");

const pairSchema = roundTripsSchema.extend({
  source_node: z.string(),
  destination_node: z.string(),
  name: z.string(),
  is_segment: count,
});
const segmentSchema = roundTripsSchema.extend({ segment: segmentKindSchema });
const pointSchema = roundTripsSchema.extend({ step: count });
const edgeSchema = roundTripsSchema
  .extend({
    ...edgeShape,
    connections: count,
  })
  .transform(
    (row): LatencyEdge => ({
      client: entityOf(row, "client"),
      server: entityOf(row, "server"),
      service: row.service_name === "" ? "" : `${row.service_namespace}/${row.service_name}`,
      protocol: protocolName(row.protocol),
      port: row.port,
      connections: row.connections,
      ...roundTrips(row),
    }),
  );

/** Round trips at the hops between nodes, and what each segment adds to them; over time, and by edge, where the query chooses one. */
export async function latency(
  { database, nowMs }: QueryContext,
  query: LatencyQuery,
): Promise<LatencyAnswer> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const { source, destination, segment, ...filter } = query;
  const { condition, columns, parameters: filterParameters } = filterSql(filter);
  const parameters = { ...filterParameters, ...resolvedParameters(range, nowMs) };
  const samples = (names: readonly string[]) =>
    latencySamples({ condition, columns: [...columns, ...names] });

  const pairs = await database.query(
    "latency between nodes",
    pairSchema,
    `SELECT source_node, destination_node, name, is_segment, ${QUANTILES}
FROM (${samples([])}) GROUP BY source_node, destination_node, name, is_segment
HAVING handshake_count > 0 OR data_count > 0
ORDER BY source_node, destination_node, is_segment, name`,
    parameters,
  );
  const overall = await database.query(
    "latency by segment",
    segmentSchema,
    `SELECT name AS segment, ${QUANTILES} FROM (${samples([])}) WHERE is_segment = 1 AND is_reply = 0
GROUP BY name HAVING handshake_count > 0 OR data_count > 0
ORDER BY indexOf(['source node', 'wire', 'destination node'], name)`,
    parameters,
  );
  const answer = {
    range: toTimeRange(range),
    cells: pairs.flatMap((row): LatencyCell[] =>
      row.is_segment === 1
        ? [{ ...nodes(row), segment: segmentKindSchema.parse(row.name), ...roundTrips(row) }]
        : [],
    ),
    hops: pairs.flatMap((row): LatencyHop[] =>
      row.is_segment === 0
        ? [{ ...nodes(row), place: latencyPlaceSchema.parse(row.name), ...roundTrips(row) }]
        : [],
    ),
    overall: overall.map((row) => ({ segment: row.segment, ...roundTrips(row) })),
  };
  if (source === undefined || destination === undefined || segment === undefined)
    return { ...answer, edges: null, series: null };
  const chosen = `is_segment = 1 AND name = {segment:String} AND source_node = {source:String} AND destination_node = {destination:String}`;
  const withChoice = { ...parameters, source, destination, segment };
  const edges = await database.query(
    "the slowest edges",
    edgeSchema,
    `SELECT ${EDGE_COLUMNS.join(", ")}, uniqExact(connection_id) AS connections, ${QUANTILES}
FROM (${samples(EDGE_COLUMNS)}) WHERE ${chosen} GROUP BY ${EDGE_COLUMNS.join(", ")}
HAVING handshake_count > 0 OR data_count > 0
ORDER BY if(data_count > 0, data[2], handshake[2]) DESC LIMIT ${EDGES}`,
    withChoice,
  );
  const spanSeconds = range.to - range.from;
  const stepSeconds = Math.max(1, Math.ceil(spanSeconds / MAX_POINTS / WINDOW_SECONDS)) * WINDOW_SECONDS;
  const points = await database.query(
    "latency over time",
    pointSchema,
    `SELECT {from:UInt32} + intDiv(toUnixTimestamp(window) - {from:UInt32}, ${stepSeconds}) * ${stepSeconds} AS step,
  ${QUANTILES}
FROM (${samples([])}) WHERE ${chosen} GROUP BY step
HAVING handshake_count > 0 OR data_count > 0 ORDER BY step`,
    withChoice,
  );
  return {
    ...answer,
    edges,
    series: {
      stepSeconds,
      points: points.map((point) => ({ time: point.step * 1000, ...roundTrips(point) })),
    },
  };
}

function nodes(row: z.output<typeof pairSchema>) {
  return { sourceNode: row.source_node, destinationNode: row.destination_node };
}

function roundTrips(row: z.output<typeof roundTripsSchema>) {
  return {
    handshake: quantiles(row.handshake, row.handshake_count),
    data: quantiles(row.data, row.data_count),
  };
}

function quantiles([p50, p95, p99]: readonly (number | null)[], measured: number): Quantiles | null {
  if (measured === 0 || p50 == null || p95 == null || p99 == null) return null;
  return { p50, p95, p99, count: measured };
}
