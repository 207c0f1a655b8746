import {
  type Connection,
  connectionSchema,
  type IcmpError,
  type VerdictRecord,
  verdictRecordSchema,
} from "@hopline/api";
import { z } from "zod";
import type { Database } from "../database.js";
import type { AlignedRange } from "./aligned-range.js";
import { endOf, endShape } from "./end-columns.js";
import { protocolName } from "./protocol-name.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";
import { serviceOf, serviceShape } from "./service-columns.js";

const count = z.coerce.number();

const rowSchema = z.object({
  id: z.string(),
  protocol: count,
  ...endShape,
  ...serviceShape,
  translation: z.string(),
  scope: connectionSchema.shape.scope,
  first_seen_us: count,
  last_seen_us: count,
  forward_packets: count,
  forward_bytes: count,
  forward_payload_bytes: count,
  forward_retransmitted_bytes: count,
  forward_out_of_order_bytes: count,
  reply_packets: count,
  reply_bytes: count,
  reply_payload_bytes: count,
  reply_retransmitted_bytes: count,
  reply_out_of_order_bytes: count,
  handshake_us: z.number(),
  /** Empty where there was none. */
  icmp_error_source_text: z.string(),
  icmp_error_kind: count,
  icmp_error_mtu: count,
  verdict: connectionSchema.shape.verdict.catch("undetermined"),
  verdict_reason: z.string(),
  verdict_changed: count,
  conformance: connectionSchema.shape.conformance,
  outcome: connectionSchema.shape.outcome,
  hops: count,
});
type Row = z.output<typeof rowSchema>;

/**
 * Connections of a range by their ids (16 hexadecimal digits), in the order of the ids; those without a packet in the range
 * are left out.
 *
 * @param asOfUs as if nothing that arrived at or after this moment had come.
 */
export async function readConnections(
  database: Database,
  ids: readonly string[],
  range: AlignedRange,
  nowMs: number,
  asOfUs?: number,
): Promise<Connection[]> {
  if (ids.length === 0) return [];
  const rows = await database.query(
    "connections",
    rowSchema,
    `SELECT ${HEX_ID} AS id, ${COLUMNS.join(", ")}
FROM (${resolvedConnections(COLUMNS, { ids: true, asOf: asOfUs !== undefined })})`,
    {
      ...resolvedParameters(range, nowMs, asOfUs),
      ids: ids.map((id) => BigInt(`0x${id}`)),
    },
  );
  const byId = new Map(rows.map((row) => [row.id, toConnection(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** SQL: the id as the API writes it. */
export const HEX_ID = "leftPad(lower(hex(connection_id)), 16, '0')";

const COLUMNS = Object.keys(rowSchema.shape).filter((name) => name !== "id");

function toConnection(row: Row): Connection {
  return {
    id: row.id,
    protocol: protocolName(row.protocol),
    client: endOf(row, "client"),
    server: endOf(row, "server"),
    service: serviceOf(row),
    translation: row.translation,
    scope: row.scope,
    firstSeen: Math.floor(row.first_seen_us / 1000),
    lastSeen: Math.floor(row.last_seen_us / 1000),
    forward: counters(row, "forward"),
    reply: counters(row, "reply"),
    handshakeUs: row.handshake_us < 0 ? null : row.handshake_us,
    icmpError: toIcmpError(row.icmp_error_source_text, row.icmp_error_kind, row.icmp_error_mtu),
    verdict: row.verdict,
    verdictBy: toVerdictRecord(row.verdict_reason),
    verdictChanged: row.verdict_changed === 1,
    conformance: row.conformance,
    outcome: row.outcome,
    hops: row.hops,
  };
}

/** Where nothing was judged, the reason is a sentence and no record. */
export function toVerdictRecord(reason: string): VerdictRecord | null {
  if (!reason.startsWith("{")) return null;
  try {
    return verdictRecordSchema.safeParse(JSON.parse(reason)).data ?? null;
  } catch {
    return null;
  }
}

/** @param kind type << 8 | code */
export function toIcmpError(source: string, kind: number, mtu: number): IcmpError | null {
  if (source === "") return null;
  return { source, type: kind >> 8, code: kind & 0xff, mtu: mtu === 0 ? null : mtu };
}

function counters(row: Row, direction: "forward" | "reply"): Connection["forward"] {
  return {
    packets: row[`${direction}_packets`],
    bytes: row[`${direction}_bytes`],
    payloadBytes: row[`${direction}_payload_bytes`],
    retransmittedBytes: row[`${direction}_retransmitted_bytes`],
    outOfOrderBytes: row[`${direction}_out_of_order_bytes`],
  };
}
