import { type connectionDetailQuerySchema, hopSchema } from "@hopline/api";
import { agentEvents } from "@hopline/batch";
import { z } from "zod";
import type { CompletenessWindow, ConnectionWindows, HopWindow } from "../records.js";
import {
  type AlignedRange,
  alignRange,
  fillRange,
  inRange,
  rangeParameters,
  toTimeRange,
} from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { lossShifts } from "./loss-shifts.js";
import type { QueryContext } from "./query-context.js";
import { readConnections, toIcmpError } from "./read-connections.js";
import { addressText } from "./resolved-connections.js";

const count = z.coerce.number();
const rowSchema = z.object({
  node: z.string(),
  interface: z.string(),
  role: z.string(),
  direction: hopSchema.shape.direction,
  is_reply: count,
  window_s: count,
  attached_address_text: z.string(),
  row_flags: count,
  first_us: count,
  last_us: count,
  arrived_ms: count,
  packets: count,
  bytes: count,
  payload_bytes: count,
  payload_packets: count,
  retransmitted_bytes: count,
  out_of_order_bytes: count,
  gap_bytes: count,
  syn_packets: count,
  syn_ack_packets: count,
  rst_packets: count,
  super_frames: count,
  super_frame_segments: count,
  icmp_errors: count,
  data_round_trip_sum_us: z.number(),
  data_round_trip_count: count,
  icmp_error_kind: count,
  icmp_error_mtu: count,
  icmp_error_source: z.string(),
  handshake_us: z.number(),
  is_tracked: count,
  encapsulation: z.string(),
  outer_source: z.string(),
  outer_destination: z.string(),
  vni: count,
});

const SUMS = [
  "packets",
  "bytes",
  "payload_bytes",
  "payload_packets",
  "retransmitted_bytes",
  "out_of_order_bytes",
  "gap_bytes",
  "syn_packets",
  "syn_ack_packets",
  "rst_packets",
  "super_frames",
  "super_frame_segments",
  "icmp_errors",
  "data_round_trip_sum_us",
  "data_round_trip_count",
];

/** SQL: when a row's ICMP error was heard, or 0. */
const ERROR_AT = "if(h.icmp_errors > 0, h.last_seen_us, 0)";

/** One connection, window by window, and how complete the windows of all nodes are; `null` where the range holds no packet of it. */
export async function connectionWindows(
  { database, nowMs }: QueryContext,
  id: string,
  query: z.output<typeof connectionDetailQuerySchema>,
): Promise<ConnectionWindows | null> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const [connection] = await readConnections(database, [id], range, nowMs);
  if (connection === undefined) return null;
  const rows = await database.query(
    "the windows of a connection",
    rowSchema,
    `SELECT h.node AS node, h.interface AS interface, h.role AS role,
  ['ingress', 'egress', 'unknown'][h.direction + 1] AS direction, h.is_reply AS is_reply,
  toUnixTimestamp(h.window_start) AS window_s,
  ${addressText("max(h.attached_address)")} AS attached_address_text,
  groupBitOr(h.row_flags) AS row_flags, min(h.first_seen_us) AS first_us, max(h.last_seen_us) AS last_us,
  toUnixTimestamp64Milli(min(h.ingested_at)) AS arrived_ms,
  ${SUMS.map((column) => `sum(h.${column}) AS ${column}`).join(", ")},
  argMax(toUInt16(h.icmp_error_type * 256 + h.icmp_error_code), ${ERROR_AT}) AS icmp_error_kind,
  argMax(h.icmp_error_mtu, ${ERROR_AT}) AS icmp_error_mtu,
  ${addressText(`argMax(h.icmp_error_source, ${ERROR_AT})`)} AS icmp_error_source,
  max(h.handshake_us) AS handshake_us, max(h.translation != 'untracked') AS is_tracked,
  argMax(toString(h.encapsulation), h.encapsulation != 'none') AS encapsulation, max(h.vni) AS vni,
  ${addressText("max(h.outer_source_address)")} AS outer_source,
  ${addressText("max(h.outer_destination_address)")} AS outer_destination
FROM hops AS h
WHERE ${inRange("h.window_start")} AND h.connection_id = {id:UInt64} AND (h.packets > 0 OR h.icmp_errors > 0)
GROUP BY node, interface, role, direction, is_reply, window_s
ORDER BY window_s, node, interface, direction, is_reply`,
    { ...rangeParameters(range), id: BigInt(`0x${id}`) },
  );
  const nodes = new Set(rows.map((row) => row.node));
  for (const { node } of [connection.client, connection.server]) if (node !== "") nodes.add(node);
  // Drop evidence alone has no window of a hop: then its own times count.
  const windows = [connection.firstSeen, connection.lastSeen].map(
    (timeMs) => Math.floor(timeMs / 1000 / WINDOW_SECONDS) * WINDOW_SECONDS,
  );
  for (const row of rows) windows.push(row.window_s);
  // What happened beside the connection's own windows casts its shadow on them.
  const around: AlignedRange = {
    from: Math.min(...windows) - 2 * WINDOW_SECONDS,
    to: Math.max(...windows) + 4 * WINDOW_SECONDS,
  };
  return {
    range: toTimeRange(range),
    readAtMs: nowMs,
    connection,
    rows: rows.map(toHopWindow),
    completeness: await completenessWindows({ database }, [...nodes], around),
    nodeShiftsUs: await lossShifts(database, around),
  };
}

const completenessSchema = z
  .object({ node: z.string(), window_s: count, dropped_frames: count, agent_flags: count })
  .transform(
    (row): CompletenessWindow => ({
      node: row.node,
      windowStart: row.window_s,
      droppedFrames: row.dropped_frames,
      agentEvents: agentEvents(row.agent_flags),
    }),
  );

async function completenessWindows(
  { database }: Pick<QueryContext, "database">,
  nodes: readonly string[],
  range: AlignedRange,
): Promise<CompletenessWindow[]> {
  return database.query(
    "the completeness of nodes",
    completenessSchema,
    `SELECT c.node AS node, toUnixTimestamp(c.window_start) AS window_s,
  sum(c.dropped_frames) AS dropped_frames, groupBitOr(c.agent_flags) AS agent_flags
FROM completeness AS c
WHERE ${inRange("c.window_start")} AND c.node IN {nodes:Array(String)}
GROUP BY node, window_s ORDER BY node, window_s`,
    { ...rangeParameters(range), nodes },
  );
}

function toHopWindow(row: z.output<typeof rowSchema>): HopWindow {
  return {
    node: row.node,
    interface: row.interface,
    role: row.role,
    direction: row.direction,
    isReply: row.is_reply === 1,
    windowStart: row.window_s,
    attachedAddress: given(row.attached_address_text),
    rowFlags: row.row_flags,
    firstSeenUs: row.first_us,
    lastSeenUs: row.last_us,
    arrivedMs: row.arrived_ms,
    packets: row.packets,
    bytes: row.bytes,
    payloadBytes: row.payload_bytes,
    payloadPackets: row.payload_packets,
    retransmittedBytes: row.retransmitted_bytes,
    outOfOrderBytes: row.out_of_order_bytes,
    gapBytes: row.gap_bytes,
    synPackets: row.syn_packets,
    synAckPackets: row.syn_ack_packets,
    rstPackets: row.rst_packets,
    superFrames: row.super_frames,
    superFrameSegments: row.super_frame_segments,
    icmpErrors: row.icmp_errors,
    dataRoundTripSumUs: row.data_round_trip_sum_us,
    dataRoundTripCount: row.data_round_trip_count,
    icmpError:
      row.icmp_errors === 0
        ? null
        : toIcmpError(row.icmp_error_source, row.icmp_error_kind, row.icmp_error_mtu),
    handshakeUs: row.handshake_us < 0 ? null : row.handshake_us,
    isTracked: row.is_tracked === 1,
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
