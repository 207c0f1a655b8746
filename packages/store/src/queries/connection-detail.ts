import { type ConnectionDetail, type connectionDetailQuerySchema, type Hop, hopSchema } from "@hopline/api";
import { z } from "zod";
import { alignRange, fillRange, inRange, rangeParameters, toTimeRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";
import { readConnections, toIcmpError } from "./read-connections.js";
import { addressText } from "./resolved-connections.js";

const count = z.coerce.number();
const hopRowSchema = z.object({
  node: z.string(),
  interface: z.string(),
  role: z.string(),
  direction: hopSchema.shape.direction,
  is_reply: count,
  packets: count,
  bytes: count,
  payload_bytes: count,
  payload_packets: count,
  retransmitted_bytes: count,
  out_of_order_bytes: count,
  out_of_order_packets: count,
  gap_bytes: count,
  first_seen_us: count,
  last_seen_us: count,
  handshake_us: z.number(),
  data_round_trip_sum_us: z.number(),
  data_round_trip_count: count,
  timestamp_round_trip_count: count,
  super_frames: count,
  super_frame_segments: count,
  fragments: count,
  icmp_errors: count,
  icmp_error_kind: count,
  icmp_error_mtu: count,
  icmp_error_source: z.string(),
  tcp_options: count,
  maximum_segment_size: count,
  window_scale: count,
  closing: count,
  row_flags: count,
  encapsulation: z.string(),
  outer_source: z.string(),
  outer_destination: z.string(),
  vni: count,
});

const SUMS = [
  "out_of_order_bytes",
  "out_of_order_packets",
  "data_round_trip_sum_us",
  "data_round_trip_count",
  "timestamp_round_trip_count",
  "super_frames",
  "super_frame_segments",
  "fragments",
  "icmp_errors",
];

/** SQL: when a row's ICMP error was heard, or 0. */
const ERROR_AT = "if(h.icmp_errors > 0, h.last_seen_us, 0)";

/** Bit of `row_flags` (packages/flow, ROW_SAMPLED). */
const ROW_SAMPLED = 8;
/** Names of the bits of `tcp_options`, from the lowest on. */
const TCP_OPTIONS = ["mss", "window-scale", "sack-permitted", "sack", "timestamps"];
/** By value of `closing`. */
const CLOSINGS = ["none", "fin", "rst"] as const;

/** One connection and what each observation point counted of it; `null` where the range holds no packet of it. */
export async function connectionDetail(
  { database, nowMs }: QueryContext,
  id: string,
  query: z.output<typeof connectionDetailQuerySchema>,
): Promise<ConnectionDetail | null> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const [connection] = await readConnections(database, [id], range, nowMs);
  if (connection === undefined) return null;
  const rows = await database.query(
    "the hops of a connection",
    hopRowSchema,
    `SELECT h.node AS node, h.interface AS interface, h.role AS role,
  ['ingress', 'egress', 'unknown'][h.direction + 1] AS direction, h.is_reply AS is_reply,
  sum(h.packets) AS packets, sum(h.bytes) AS bytes, sum(h.payload_bytes) AS payload_bytes,
  sum(h.payload_packets) AS payload_packets, sum(h.retransmitted_bytes) AS retransmitted_bytes,
  ${SUMS.map((column) => `sum(h.${column}) AS ${column}`).join(", ")},
  max(h.window_scale) AS window_scale, max(h.maximum_segment_size) AS maximum_segment_size,
  groupBitOr(h.tcp_options) AS tcp_options, groupBitOr(h.row_flags) AS row_flags, max(h.closing) AS closing,
  argMax(toUInt16(h.icmp_error_type * 256 + h.icmp_error_code), ${ERROR_AT}) AS icmp_error_kind,
  argMax(h.icmp_error_mtu, ${ERROR_AT}) AS icmp_error_mtu,
  ${addressText(`argMax(h.icmp_error_source, ${ERROR_AT})`)} AS icmp_error_source,
  argMax(toString(h.encapsulation), h.encapsulation != 'none') AS encapsulation,
  sum(h.gap_bytes) AS gap_bytes, min(h.first_seen_us) AS first_seen_us, max(h.last_seen_us) AS last_seen_us,
  max(h.handshake_us) AS handshake_us, max(h.vni) AS vni,
  ${addressText("max(h.outer_source_address)")} AS outer_source,
  ${addressText("max(h.outer_destination_address)")} AS outer_destination
FROM hops AS h
WHERE ${inRange("h.window_start")} AND h.connection_id = {id:UInt64} AND (h.packets > 0 OR h.icmp_errors > 0)
GROUP BY node, interface, role, direction, is_reply
ORDER BY is_reply, first_seen_us, node, interface`,
    { ...rangeParameters(range), id: BigInt(`0x${id}`) },
  );
  return { range: toTimeRange(range), connection, hops: rows.map(toHop) };
}

function toHop(row: z.output<typeof hopRowSchema>): Hop {
  return {
    node: row.node,
    interface: row.interface,
    role: row.role,
    direction: row.direction,
    isReply: row.is_reply === 1,
    packets: row.packets,
    bytes: row.bytes,
    payloadBytes: row.payload_bytes,
    payloadPackets: row.payload_packets,
    retransmittedBytes: row.retransmitted_bytes,
    outOfOrderBytes: row.out_of_order_bytes,
    outOfOrderPackets: row.out_of_order_packets,
    gapBytes: row.gap_bytes,
    firstSeen: row.first_seen_us / 1000,
    lastSeen: row.last_seen_us / 1000,
    handshakeUs: row.handshake_us < 0 ? null : row.handshake_us,
    dataRoundTripUs:
      row.data_round_trip_count === 0 ? null : row.data_round_trip_sum_us / row.data_round_trip_count,
    dataRoundTrips: row.data_round_trip_count,
    timestampRoundTrips: row.timestamp_round_trip_count,
    superFrames: row.super_frames,
    superFrameSegments: row.super_frame_segments,
    fragments: row.fragments,
    icmpErrors: row.icmp_errors,
    icmpError:
      row.icmp_errors === 0
        ? null
        : toIcmpError(row.icmp_error_source, row.icmp_error_kind, row.icmp_error_mtu),
    tcpOptions: TCP_OPTIONS.filter((_, bit) => (row.tcp_options & (1 << bit)) !== 0),
    maximumSegmentSize: row.maximum_segment_size === 0 ? null : row.maximum_segment_size,
    windowScale: row.window_scale < 0 ? null : row.window_scale,
    closing: CLOSINGS[row.closing] ?? "none",
    sampled: (row.row_flags & ROW_SAMPLED) !== 0,
    encapsulation: row.encapsulation,
    outerSource: given(row.outer_source),
    outerDestination: given(row.outer_destination),
    vni: row.vni < 0 ? null : row.vni,
  };
}

/** The unspecified address stands for none. */
function given(address: string): string | null {
  return address === "::" ? null : address;
}
