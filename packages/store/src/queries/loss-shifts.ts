import { z } from "zod";
import type { Database } from "../database.js";
import { type AlignedRange, inRange, rangeParameters } from "./aligned-range.js";

/** Enough to know clocks and queues by. */
const LOOK_BACK_SECONDS = 900;

const shiftSchema = z.object({ pair: z.string(), shift_us: z.number() });

/** Between two nodes whose connections tell nothing, microseconds. */
export const DEFAULT_SHIFT_US = 20_000;
/** Less than this is no certainty: packets wait for the processor, too. */
export const LEAST_SHIFT_US = { sameNode: 1000, acrossNodes: 5000 } as const;

/**
 * How far apart the uplinks of two nodes see the same packet, microseconds, by `from>to`: half of the connections' first packets
 * took no longer by the two nodes' own clocks, and nine tenths of the connections waited no longer on the wire.
 */
export async function lossShifts(database: Database, range: AlignedRange): Promise<Map<string, number>> {
  const recent = { from: Math.max(range.from, range.to - LOOK_BACK_SECONDS), to: range.to };
  const rows = await database.query(
    "how far nodes are apart",
    shiftSchema,
    `SELECT concat(out_node, '>', in_node) AS pair,
  ifNotFinite(quantileIf(0.5)(abs(in_us - out_us), in_us > 0 AND out_us > 0), ${DEFAULT_SHIFT_US}) AS way_us,
  ifNotFinite(quantileIf(0.9)(out_trip - in_trip, isFinite(out_trip) AND isFinite(in_trip)), 0) AS queue_us,
  greatest(way_us, queue_us, ${LEAST_SHIFT_US.acrossNodes}) AS shift_us
FROM (
  SELECT anyIf(h.node, h.direction = 1) AS out_node, anyIf(h.node, h.direction = 0) AS in_node,
    toFloat64(minIf(h.first_seen_us, h.direction = 1 AND bitTest(h.row_flags, 0))) AS out_us,
    toFloat64(minIf(h.first_seen_us, h.direction = 0 AND bitTest(h.row_flags, 0))) AS in_us,
    sumIf(h.data_round_trip_sum_us, h.direction = 1) / sumIf(h.data_round_trip_count, h.direction = 1) AS out_trip,
    sumIf(h.data_round_trip_sum_us, h.direction = 0) / sumIf(h.data_round_trip_count, h.direction = 0) AS in_trip
  FROM hops AS h
  WHERE ${inRange("h.window_start")} AND h.role = 'uplink' AND h.packets > 0
    AND (bitTest(h.row_flags, 0) OR h.data_round_trip_count > 0)
  GROUP BY h.connection_id, h.is_reply
)
WHERE out_node != '' AND in_node != '' AND out_node != in_node
GROUP BY pair`,
    rangeParameters(recent),
  );
  return new Map(rows.map(({ pair, shift_us }) => [pair, shift_us]));
}

/** Parameters of {@link shiftSql}. */
export function shiftParameters(shifts: ReadonlyMap<string, number>) {
  // ClickHouse takes no empty list to choose from.
  return { shift_pairs: ["", ...shifts.keys()], shift_us: [0, ...shifts.values()] };
}

/** SQL: microseconds between two nodes' uplinks, or between two hops of one node. */
export function shiftSql(sourceNode: string, destinationNode: string): string {
  return `if(${sourceNode} = ${destinationNode}, ${LEAST_SHIFT_US.sameNode}, transform(concat(${sourceNode}, '>', ${destinationNode}),
      {shift_pairs:Array(String)}, {shift_us:Array(Float64)}, ${DEFAULT_SHIFT_US}))`;
}
