import { type BatchHeader, encodeHops, type HOP_COLUMNS, StringColumnBuilder } from "@hopline/batch";

/** One row of a hops batch as a test writes it; what it leaves out is as dull as can be. */
export interface HopRow {
  readonly connectionId: bigint;
  readonly isReply?: boolean;
  /** Unix seconds. */
  readonly windowStart: number;
  readonly role: string;
  readonly direction: 0 | 1 | 2;
  readonly interfaceIndex?: number;
  readonly attached?: string;
  readonly protocol?: number;
  /** `address:port` as the server sees them. */
  readonly client: string;
  readonly server: string;
  /** As the client sent them; the same where absent. */
  readonly originalClient?: string;
  readonly originalServer?: string;
  readonly translation?: string;
  readonly packets?: number;
  readonly bytes?: number;
  /** Microseconds since the Unix epoch; the window's start where absent. */
  readonly firstSeenUs?: number;
  readonly synPackets?: number;
  readonly synAckPackets?: number;
}

export type HeaderPart = Pick<BatchHeader, "node" | "sequence"> & Partial<BatchHeader>;

/** The bytes of a batch, as an agent would send it. */
export function hopBatch(header: HeaderPart, rows: readonly HopRow[]): Uint8Array<ArrayBuffer> {
  const count = rows.length;
  const numbers = (pick: (row: HopRow) => number) => Float64Array.from(rows, pick);
  const addresses = (pick: (row: HopRow) => string) => {
    const bytes = new Uint8Array(count * 16);
    for (const [index, row] of rows.entries()) bytes.set(addressBytes(hostOf(pick(row))), index * 16);
    return bytes;
  };
  const ports = (pick: (row: HopRow) => string) => Uint16Array.from(rows, (row) => portOf(pick(row)));
  const strings = (pick: (row: HopRow) => string) => {
    const builder = new StringColumnBuilder(count);
    for (const [index, row] of rows.entries()) builder.set(index, pick(row));
    return builder.finish();
  };
  const zeros = () => new Float64Array(count);
  const bytesOf = (row: HopRow) => row.bytes ?? 100;
  const packetsOf = (row: HopRow) => row.packets ?? 1;
  const firstOf = (row: HopRow) => row.firstSeenUs ?? row.windowStart * 1e6;

  return new Uint8Array(
    encodeHops({ bootId: "00000000deadbeef", agentVersion: "0.1.0", ...header }, {
      count,
      connection_id: new Uint32Array(
        rows.flatMap(({ connectionId }) => [
          Number(connectionId & 0xffff_ffffn),
          Number(connectionId >> 32n),
        ]),
      ),
      is_reply: Uint8Array.from(rows, ({ isReply }) => (isReply ? 1 : 0)),
      window_start: Uint32Array.from(rows, ({ windowStart }) => windowStart),
      interface_index: Int32Array.from(rows, ({ interfaceIndex }) => interfaceIndex ?? 1),
      interface: strings(({ role, interfaceIndex }) => `${role}${interfaceIndex ?? 1}`),
      role: strings(({ role }) => role),
      direction: Uint8Array.from(rows, ({ direction }) => direction),
      attached_address: addresses(({ attached }) => `${attached ?? "::"}`),
      protocol: Uint8Array.from(rows, ({ protocol }) => protocol ?? 6),
      client_address: addresses(({ client }) => client),
      client_port: ports(({ client }) => client),
      server_address: addresses(({ server }) => server),
      server_port: ports(({ server }) => server),
      original_client_address: addresses((row) => row.originalClient ?? row.client),
      original_client_port: ports((row) => row.originalClient ?? row.client),
      original_server_address: addresses((row) => row.originalServer ?? row.server),
      original_server_port: ports((row) => row.originalServer ?? row.server),
      translation: strings(({ translation }) => translation ?? "none"),
      initiator_by: strings(() => "conntrack"),
      row_flags: new Uint8Array(count),
      first_seen_us: numbers(firstOf),
      last_seen_us: numbers((row) => firstOf(row) + 1000),
      packets: numbers(packetsOf),
      bytes: numbers(bytesOf),
      payload_bytes: numbers((row) => Math.max(bytesOf(row) - packetsOf(row) * 40, 0)),
      payload_packets: numbers(packetsOf),
      retransmitted_bytes: zeros(),
      retransmitted_packets: zeros(),
      out_of_order_bytes: zeros(),
      out_of_order_packets: zeros(),
      gap_bytes: zeros(),
      syn_packets: numbers(({ synPackets }) => synPackets ?? 0),
      syn_ack_packets: numbers(({ synAckPackets }) => synAckPackets ?? 0),
      fin_packets: zeros(),
      rst_packets: zeros(),
      zero_window_packets: zeros(),
      tcp_flags: new Uint8Array(count),
      tcp_options: new Uint8Array(count),
      maximum_segment_size: new Uint16Array(count),
      window_scale: new Int8Array(count).fill(-1),
      closing: new Uint8Array(count),
      handshake_us: new Float64Array(count).fill(-1),
      data_round_trip_sum_us: zeros(),
      data_round_trip_count: zeros(),
      timestamp_round_trip_count: zeros(),
      super_frames: zeros(),
      super_frame_segments: zeros(),
      fragments: zeros(),
      icmp_errors: zeros(),
      icmp_error_type: new Uint8Array(count),
      icmp_error_code: new Uint8Array(count),
      icmp_error_source: new Uint8Array(count * 16),
      icmp_error_mtu: new Uint32Array(count),
      encapsulation: strings(() => "none"),
      outer_source_address: new Uint8Array(count * 16),
      outer_destination_address: new Uint8Array(count * 16),
      vni: new Int32Array(count).fill(-1),
      vlan: new Uint16Array(count),
    } satisfies { count: number } & Record<keyof typeof HOP_COLUMNS, unknown>),
  );
}

/** `10.0.0.1:80` or `10.0.0.1`; IPv6 only without a port. */
function hostOf(end: string): string {
  return end.includes(".") ? (end.split(":")[0] as string) : end;
}

function portOf(end: string): number {
  return end.includes(".") ? Number(end.split(":")[1] ?? 0) : 0;
}

/** 16 bytes; IPv4 mapped. Of IPv6 only `::` and `x::y`. */
export function addressBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  if (text.includes(".")) {
    bytes[10] = 0xff;
    bytes[11] = 0xff;
    bytes.set(text.split(".").map(Number), 12);
    return bytes;
  }
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string) =>
    part === ""
      ? []
      : part
          .split(":")
          .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  bytes.set(groups(head), 0);
  bytes.set(groups(tail), 16 - groups(tail).length);
  return bytes;
}
