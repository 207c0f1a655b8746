import { SLOT_OF_HOP } from "../connection-row.js";
import { inRange } from "./aligned-range.js";
import { resolvedConnections } from "./resolved-connections.js";

/** In the order in which packets pass them, by their place in the arrays below. */
const PLACES = ["source pod", "source uplink", "destination uplink", "destination pod"] as const;

/** Between which places a segment lies, counted from 1, for connections of which this holds. */
const SEGMENTS = [
  ["source node", 1, 2, "source_node != destination_node"],
  ["wire", 2, 3, "source_node != destination_node"],
  ["destination node", 3, 4, "source_node != destination_node"],
  ["source node", 1, 4, "source_node = destination_node"],
] as const;

/** A place's round trips in one window: the handshake's (-1: none), and the mean of data's with how many there were. */
const HANDSHAKES = PLACES.map((_, place) => `maxIf(trip.handshake, trip.place = ${place})`).join(", ");
const DATA = PLACES.map(
  (_, place) => `sumIf(trip.data_sum, trip.place = ${place}) / sumIf(trip.data_count, trip.place = ${place})`,
).join(", ");
const DATA_COUNTS = PLACES.map((_, place) => `sumIf(trip.data_count, trip.place = ${place})`).join(", ");

const AT_PLACES = PLACES.map(
  (name, index) =>
    `(1, '${name}', 0, h[${index + 1}], toUInt64(h[${index + 1}] > 0), d[${index + 1}], n[${index + 1}])`,
);
/** A difference below zero is noise of two captures, and reads 0 (packages/path, latencyBetween). */
const OF_SEGMENTS = SEGMENTS.map(
  ([name, before, after, holds]) =>
    `(${holds}, '${name}', 1, greatest(0, h[${before}] - h[${after}]), toUInt64(h[${before}] > 0 AND h[${after}] > 0),
      greatest(0, d[${before}] - d[${after}]), least(n[${before}], n[${after}]))`,
);

export interface SampledConnections {
  /** SQL condition on a connection's columns. */
  readonly condition: string;
  /** Columns of `resolvedConnections` that the condition or the reader asks for. */
  readonly columns: Iterable<string>;
}

/**
 * SQL of a SELECT: for each connection, direction and window, one row for each place that measured a round trip from there to the
 * destination and back (`is_segment` 0, `name` is the place), and one for each segment between two of them, which costs
 * the difference (`is_segment` 1). Both as `handshake_us` and `data_us`; a weight of 0 says that there is none.
 */
export function latencySamples({ condition, columns }: SampledConnections): string {
  const wanted = [...new Set([...columns, "client_node", "server_node"])];
  const passed = wanted.filter((name) => name !== "client_node" && name !== "server_node");
  return `SELECT ${["connection_id", "is_reply", "window", "source_node", "destination_node", ...passed].join(", ")},
    sample.2 AS name, sample.3 AS is_segment,
    sample.4 AS handshake_us, sample.5 AS handshake_weight, sample.6 AS data_us, toUInt64(sample.7) AS data_weight
  FROM (
    SELECT connection_id, is_reply, window, ${["source_node", "destination_node", ...passed].join(", ")},
      arrayJoin([${[...AT_PLACES, ...OF_SEGMENTS].join(",\n      ")}]) AS sample
    FROM (
      SELECT trips.connection_id AS connection_id, is_reply, window, h, arrayMap(mean -> ifNotFinite(mean, 0), means) AS d, n,
        if(is_reply = 0, client_node, server_node) AS source_node,
        if(is_reply = 0, server_node, client_node) AS destination_node${passed.map((name) => `, ${name}`).join("")}
      FROM (
        SELECT trip.connection_id AS connection_id, trip.is_reply AS is_reply, trip.window AS window,
          [${HANDSHAKES}] AS h, [${DATA}] AS means, [${DATA_COUNTS}] AS n
        FROM (
          SELECT h.connection_id AS connection_id, h.is_reply AS is_reply, h.window_start AS window,
            ${SLOT_OF_HOP} AS slot,
            if(h.is_reply = 0, intDiv(slot - 1, 2), intDiv(8 - slot, 2)) AS place,
            toFloat64(h.handshake_us) AS handshake, h.data_round_trip_sum_us AS data_sum,
            h.data_round_trip_count AS data_count
          FROM hops AS h
          WHERE ${inRange("h.window_start")} AND h.role IN ('pod', 'uplink')
            AND (h.handshake_us >= 0 OR h.data_round_trip_count > 0)
        ) AS trip
        WHERE trip.slot < 9
        GROUP BY connection_id, is_reply, window
      ) AS trips
      INNER JOIN (SELECT * FROM (${resolvedConnections(wanted)}) WHERE ${condition}) AS names
        ON trips.connection_id = names.connection_id
    ) WHERE source_node != '' AND destination_node != ''
  ) WHERE sample.1 AND (sample.5 > 0 OR sample.7 > 0)`;
}
