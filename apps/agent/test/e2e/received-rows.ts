import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBatch } from "@hopline/batch";
import { formatAddress } from "@hopline/packet";

/** A row of a hops batch, as far as the tests look at it. */
export interface ReceivedRow {
  readonly connection: bigint;
  readonly isReply: number;
  readonly interface: string;
  readonly role: string;
  readonly attached: string;
  readonly protocol: number;
  readonly client: string;
  readonly server: string;
  readonly originalServer: string;
  readonly translation: string;
  readonly initiatorBy: string;
  readonly packets: number;
  readonly payloadBytes: number;
  readonly gapBytes: number;
  readonly retransmittedBytes: number;
  readonly windowStart: number;
  readonly synPackets: number;
  readonly finPackets: number;
  readonly rstPackets: number;
}

export interface DropRow {
  readonly connection: bigint;
  readonly isReply: number;
  readonly droppedUs: number;
  readonly source: string;
  readonly reason: string;
  readonly group: number;
  readonly prefix: string;
  readonly inInterface: string;
  readonly outInterface: string;
  readonly client: string;
  readonly server: string;
  readonly packets: number;
  readonly bytes: number;
  readonly packet: string;
}

export interface CompletenessRow {
  readonly windowStart: number;
  readonly seen: number;
  readonly counted: number;
  readonly uncounted: string;
  readonly dropped: number;
  readonly sampling: number;
  readonly flags: number;
}

/** All rows of all batches in the sink's folder. */
export function readReceived(folder: string): {
  hops: ReceivedRow[];
  drops: DropRow[];
  completeness: CompletenessRow[];
} {
  const hops: ReceivedRow[] = [];
  const drops: DropRow[] = [];
  const completeness: CompletenessRow[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith(".part")) continue;
    const { header, table } = decodeBatch(new Uint8Array(readFileSync(join(folder, name))));
    for (let at = 0; at < table.numRows; at++) {
      const row = table.get(at)?.toJSON() ?? {};
      if (header.kind === "hops") hops.push(hopOf(row));
      else if (header.kind === "drops") drops.push(dropOf(row));
      else if (header.kind === "completeness") completeness.push(completenessOf(row));
    }
  }
  return { hops, drops, completeness };
}

function endOf(row: Record<string, unknown>, side: string): string {
  return `${formatAddress(row[`${side}_address`] as Uint8Array)}:${row[`${side}_port`]}`;
}

function dropOf(row: Record<string, unknown>): DropRow {
  return {
    connection: row.connection_id as bigint,
    isReply: Number(row.is_reply),
    droppedUs: Number(row.dropped_us),
    source: String(row.source),
    reason: String(row.reason),
    group: Number(row.group),
    prefix: String(row.prefix),
    inInterface: String(row.in_interface),
    outInterface: String(row.out_interface),
    client: endOf(row, "client"),
    server: endOf(row, "server"),
    packets: Number(row.packets),
    bytes: Number(row.bytes),
    packet: String(row.packet),
  };
}

function hopOf(row: Record<string, unknown>): ReceivedRow {
  const end = (side: string) => endOf(row, side);
  return {
    connection: row.connection_id as bigint,
    isReply: Number(row.is_reply),
    interface: String(row.interface),
    role: String(row.role),
    attached: formatAddress(row.attached_address as Uint8Array),
    protocol: Number(row.protocol),
    client: end("client"),
    server: end("server"),
    originalServer: end("original_server"),
    translation: String(row.translation),
    initiatorBy: String(row.initiator_by),
    packets: Number(row.packets),
    payloadBytes: Number(row.payload_bytes),
    gapBytes: Number(row.gap_bytes),
    retransmittedBytes: Number(row.retransmitted_bytes),
    windowStart: Number(row.window_start),
    synPackets: Number(row.syn_packets),
    finPackets: Number(row.fin_packets),
    rstPackets: Number(row.rst_packets),
  };
}

function completenessOf(row: Record<string, unknown>): CompletenessRow {
  return {
    windowStart: Number(row.window_start),
    seen: Number(row.seen_frames),
    counted: Number(row.counted_frames),
    uncounted: String(row.uncounted),
    dropped: Number(row.dropped_frames),
    sampling: Number(row.sampling),
    flags: Number(row.agent_flags),
  };
}

/** Sum over rows of one column. */
export function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
