import { type ConnectionDetail, type connectionDetailQuerySchema, type Hop, hopSchema } from "@hopline/api";
import { z } from "zod";
import { alignRange, fillRange, inRange, rangeParameters, toTimeRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";
import { readConnections } from "./read-connections.js";
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
  gap_bytes: count,
  first_seen_us: count,
  last_seen_us: count,
  handshake_us: z.number(),
  outer_source: z.string(),
  outer_destination: z.string(),
  vni: count,
});

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
  sum(h.gap_bytes) AS gap_bytes, min(h.first_seen_us) AS first_seen_us, max(h.last_seen_us) AS last_seen_us,
  max(h.handshake_us) AS handshake_us, max(h.vni) AS vni,
  ${addressText("max(h.outer_source_address)")} AS outer_source,
  ${addressText("max(h.outer_destination_address)")} AS outer_destination
FROM hops AS h
WHERE ${inRange("h.window_start")} AND h.connection_id = {id:UInt64} AND h.packets > 0
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
    gapBytes: row.gap_bytes,
    firstSeen: row.first_seen_us / 1000,
    lastSeen: row.last_seen_us / 1000,
    handshakeUs: row.handshake_us < 0 ? null : row.handshake_us,
    outerSource: given(row.outer_source),
    outerDestination: given(row.outer_destination),
    vni: row.vni < 0 ? null : row.vni,
  };
}

/** The unspecified address stands for none. */
function given(address: string): string | null {
  return address === "::" ? null : address;
}
