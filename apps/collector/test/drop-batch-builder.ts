import { type DROP_COLUMNS, encodeDrops, StringColumnBuilder } from "@hopline/batch";
import { addressBytes, type HeaderPart } from "./hop-batch-builder.js";

/** One row of a drops batch as a test writes it. */
export interface DropRow {
  readonly connectionId: bigint;
  /** Unix seconds, with fraction. */
  readonly droppedAt: number;
  /** Default `nflog`, group 100. */
  readonly source?: string;
  readonly group?: number;
  readonly prefix?: string;
  readonly reason?: string;
  readonly isReply?: boolean;
  /** TCP where absent. */
  readonly protocol?: number;
  /** `address:port` as the server sees them. */
  readonly client: string;
  readonly server: string;
  /** As the client sent it; the same where absent. */
  readonly originalServer?: string;
  readonly packets?: number;
}

const WINDOW_SECONDS = 10;

/** The bytes of a batch, as an agent would send it. */
export function dropBatch(header: HeaderPart, rows: readonly DropRow[]): Uint8Array<ArrayBuffer> {
  const count = rows.length;
  const addresses = (pick: (row: DropRow) => string) => {
    const bytes = new Uint8Array(count * 16);
    for (const [index, row] of rows.entries())
      bytes.set(addressBytes(pick(row).split(":")[0] || "::"), index * 16);
    return bytes;
  };
  const ports = (pick: (row: DropRow) => string) =>
    Uint16Array.from(rows, (row) => Number(pick(row).split(":")[1] ?? 0));
  const strings = (pick: (row: DropRow) => string) => {
    const builder = new StringColumnBuilder(count);
    for (const [index, row] of rows.entries()) builder.set(index, pick(row));
    return builder.finish();
  };
  const packetsOf = (row: DropRow) => row.packets ?? 1;
  const originalServerOf = (row: DropRow) => row.originalServer ?? row.server;
  return new Uint8Array(
    encodeDrops({ bootId: "00000000deadbeef", agentVersion: "0.1.0", ...header }, {
      count,
      window_start: Uint32Array.from(
        rows,
        ({ droppedAt }) => Math.floor(droppedAt / WINDOW_SECONDS) * WINDOW_SECONDS,
      ),
      dropped_us: Float64Array.from(rows, ({ droppedAt }) => droppedAt * 1e6),
      source: strings(({ source }) => source ?? "nflog"),
      group: Uint16Array.from(rows, ({ group }) => group ?? 100),
      prefix: strings(({ prefix }) => prefix ?? ""),
      reason: strings(({ reason }) => reason ?? ""),
      in_interface: strings(() => "veth7"),
      out_interface: strings(() => "veth8"),
      is_reply: Uint8Array.from(rows, ({ isReply }) => (isReply === true ? 1 : 0)),
      protocol: Uint8Array.from(rows, ({ protocol }) => protocol ?? 6),
      connection_id: new Uint32Array(
        rows.flatMap(({ connectionId }) => [
          Number(connectionId & 0xffff_ffffn),
          Number(connectionId >> 32n),
        ]),
      ),
      client_address: addresses(({ client }) => client),
      client_port: ports(({ client }) => client),
      server_address: addresses(({ server }) => server),
      server_port: ports(({ server }) => server),
      original_client_address: addresses(({ client }) => client),
      original_client_port: ports(({ client }) => client),
      original_server_address: addresses(originalServerOf),
      original_server_port: ports(originalServerOf),
      translation: strings((row) => (originalServerOf(row) === row.server ? "none" : "dnat")),
      initiator_by: strings(() => "conntrack"),
      packets: Float64Array.from(rows, packetsOf),
      bytes: Float64Array.from(rows, (row) => packetsOf(row) * 60),
      packet: strings(() => "4500003c"),
    } satisfies { count: number } & Record<keyof typeof DROP_COLUMNS, unknown>),
  );
}
