import {
  COMPLETENESS_COLUMNS,
  type ColumnKind,
  type ColumnSpec,
  type ColumnsOf,
  DNS_COLUMNS,
  DROP_COLUMNS,
  decodeBatch,
  encodeCompleteness,
  encodeDns,
  encodeDrops,
  encodeHops,
  HOP_COLUMNS,
  StringColumnBuilder,
} from "@hopline/batch";
import { appendColumns } from "../src/append-columns.js";
import {
  COMPLETENESS_IDENTITY_COLUMNS,
  DNS_IDENTITY_COLUMNS,
  DROP_IDENTITY_COLUMNS,
  HOP_IDENTITY_COLUMNS,
  type STORED_COMPLETENESS_COLUMNS,
  type STORED_DNS_COLUMNS,
  type STORED_DROP_COLUMNS,
  type STORED_HOP_COLUMNS,
} from "../src/hop-identity.js";

/** One row as an object: numbers, text, textual addresses, and `u64` as bigint. */
type RowOf<Spec extends ColumnSpec> = {
  -readonly [Name in keyof Spec]: Spec[Name] extends "string" | "addr"
    ? string
    : Spec[Name] extends "u64"
      ? bigint
      : number;
};

export type StoredHop = RowOf<typeof STORED_HOP_COLUMNS>;
export type StoredDns = RowOf<typeof STORED_DNS_COLUMNS>;
export type StoredDrop = RowOf<typeof STORED_DROP_COLUMNS>;
export type StoredCompleteness = RowOf<typeof STORED_COMPLETENESS_COLUMNS>;

/** Start of the hour before this one, Unix seconds: the engine has a clock of its own and forgets old arrivals by it. */
export const T0 = (Math.floor(Date.now() / 3_600_000) - 1) * 3600;

/** A data packet of web to api on one node, at the client's veth; every test says only what differs. */
export function hop(over: Partial<StoredHop> = {}): StoredHop {
  const windowStart = over.window_start ?? T0;
  const row: StoredHop = {
    connection_id: 1n,
    is_reply: 0,
    window_start: windowStart,
    interface_index: 7,
    interface: "veth7",
    role: "pod",
    direction: over.is_reply ?? 0,
    attached_address: "10.0.1.5",
    protocol: 6,
    client_address: "10.0.1.5",
    client_port: 40_000,
    server_address: "10.0.2.9",
    server_port: 8080,
    original_client_address: over.client_address ?? "10.0.1.5",
    original_client_port: over.client_port ?? 40_000,
    original_server_address: over.server_address ?? "10.0.2.9",
    original_server_port: over.server_port ?? 8080,
    translation: "none",
    initiator_by: "handshake",
    row_flags: 0,
    first_seen_us: windowStart * 1e6 + 1_000_000,
    last_seen_us: windowStart * 1e6 + 2_000_000,
    packets: 10,
    bytes: 1500,
    payload_bytes: 1000,
    payload_packets: 8,
    retransmitted_bytes: 0,
    retransmitted_packets: 0,
    out_of_order_bytes: 0,
    out_of_order_packets: 0,
    gap_bytes: 0,
    syn_packets: 0,
    syn_ack_packets: 0,
    fin_packets: 0,
    rst_packets: 0,
    zero_window_packets: 0,
    tcp_flags: 0x18,
    tcp_options: 0,
    maximum_segment_size: 0,
    window_scale: -1,
    closing: 0,
    handshake_us: -1,
    data_round_trip_sum_us: 0,
    data_round_trip_count: 0,
    timestamp_round_trip_count: 0,
    super_frames: 0,
    super_frame_segments: 0,
    fragments: 0,
    icmp_errors: 0,
    icmp_error_type: 0,
    icmp_error_code: 0,
    icmp_error_source: "::",
    icmp_error_mtu: 0,
    encapsulation: "none",
    outer_source_address: "::",
    outer_destination_address: "::",
    vni: -1,
    vlan: 0,
    node: "node1",
    client_kind: "workload",
    client_namespace: "shop",
    client_workload_kind: "Deployment",
    client_workload: "web",
    client_pod: "web-1",
    client_node: "node1",
    server_kind: "workload",
    server_namespace: "shop",
    server_workload_kind: "Deployment",
    server_workload: "api",
    server_pod: "api-1",
    server_node: "node1",
    service_namespace: "",
    service_name: "",
    service_port_name: "",
    reporter: 1,
    verdict: "undetermined",
    verdict_reason: "",
  };
  return { ...row, ...over };
}

/** web asks the cluster's DNS Service for api, and gets its address. */
export function dnsRow(over: Partial<StoredDns> = {}): StoredDns {
  return {
    window_start: T0,
    interface_index: 7,
    interface: "veth7",
    role: "pod",
    direction: 0,
    attached_address: "10.0.1.5",
    protocol: 17,
    client_address: "10.0.1.5",
    server_address: "10.96.0.10",
    server_port: 53,
    name: "api.shop.svc.cluster.local",
    type: 1,
    code: 0,
    questions: 1,
    latency_sum_us: 800,
    latency_max_us: 800,
    node: "node1",
    client_kind: "workload",
    client_namespace: "shop",
    client_workload_kind: "Deployment",
    client_workload: "web",
    client_pod: "web-1",
    client_node: "node1",
    server_kind: "service",
    server_namespace: "kube-system",
    server_workload_kind: "",
    server_workload: "kube-dns",
    server_pod: "",
    server_node: "",
    reporter: 1,
    ...over,
  };
}

/** A rule of web's node logs and drops the SYN of the connection that {@link hop} makes. */
export function dropRow(over: Partial<StoredDrop> = {}): StoredDrop {
  const windowStart = over.window_start ?? T0;
  return {
    window_start: windowStart,
    dropped_us: windowStart * 1e6 + 1_500_000,
    source: "nflog",
    group: 100,
    prefix: "hopline-deny:eg:shop/web-egress+0",
    reason: "",
    in_interface: "veth7",
    out_interface: "veth8",
    is_reply: 0,
    protocol: 6,
    connection_id: 1n,
    client_address: "10.0.1.5",
    client_port: 40_000,
    server_address: "10.0.2.9",
    server_port: 8080,
    original_client_address: over.client_address ?? "10.0.1.5",
    original_client_port: over.client_port ?? 40_000,
    original_server_address: over.server_address ?? "10.0.2.9",
    original_server_port: over.server_port ?? 8080,
    translation: "none",
    initiator_by: "conntrack",
    packets: 1,
    bytes: 60,
    packet: "4500003c",
    node: "node1",
    client_kind: "workload",
    client_namespace: "shop",
    client_workload_kind: "Deployment",
    client_workload: "web",
    client_pod: "web-1",
    client_node: "node1",
    server_kind: "workload",
    server_namespace: "shop",
    server_workload_kind: "Deployment",
    server_workload: "api",
    server_pod: "api-1",
    server_node: "node1",
    service_namespace: "",
    service_name: "",
    service_port_name: "",
    policy_kind: "NetworkPolicy",
    policy_namespace: "shop",
    policy_name: "web-egress",
    policy_direction: "egress",
    verdict: "undetermined",
    verdict_reason: "",
    ...over,
  };
}

export function completenessRow(over: Partial<StoredCompleteness> = {}): StoredCompleteness {
  return {
    window_start: T0,
    seen_frames: 100,
    counted_frames: 90,
    uncounted: "arp=6,lldp=4",
    dropped_frames: 0,
    conntrack_lost: 0,
    active_flows: 12,
    evicted_flows: 0,
    interfaces: 5,
    sampling: 1,
    agent_flags: 0,
    node: "node1",
    boot_id: "0123456789abcdef",
    agent_version: "0.1.0",
    ...over,
  };
}

const HEADER = { node: "node1", bootId: "0123456789abcdef", sequence: 1, agentVersion: "0.1.0" };

/** The way of a batch: an agent encodes, the collector decodes and adds its columns. */
export function encodeStoredHops(rows: readonly StoredHop[]): Uint8Array {
  const { table } = decodeBatch(encodeHops(HEADER, columnsOf(HOP_COLUMNS, rows)));
  return appendColumns(table, HOP_IDENTITY_COLUMNS, columnsOf(HOP_IDENTITY_COLUMNS, rows));
}

export function encodeStoredDns(rows: readonly StoredDns[]): Uint8Array {
  const { table } = decodeBatch(encodeDns(HEADER, columnsOf(DNS_COLUMNS, rows)));
  return appendColumns(table, DNS_IDENTITY_COLUMNS, columnsOf(DNS_IDENTITY_COLUMNS, rows));
}

export function encodeStoredDrops(rows: readonly StoredDrop[]): Uint8Array {
  const { table } = decodeBatch(encodeDrops(HEADER, columnsOf(DROP_COLUMNS, rows)));
  return appendColumns(table, DROP_IDENTITY_COLUMNS, columnsOf(DROP_IDENTITY_COLUMNS, rows));
}

export function encodeStoredCompleteness(rows: readonly StoredCompleteness[]): Uint8Array {
  const { table } = decodeBatch(encodeCompleteness(HEADER, columnsOf(COMPLETENESS_COLUMNS, rows)));
  return appendColumns(table, COMPLETENESS_IDENTITY_COLUMNS, columnsOf(COMPLETENESS_IDENTITY_COLUMNS, rows));
}

function columnsOf<Spec extends ColumnSpec>(spec: Spec, rows: readonly RowOf<Spec>[]): ColumnsOf<Spec> {
  const columns = Object.entries(spec).map(([name, kind]) => [
    name,
    columnOf(
      kind,
      rows.map((row): unknown => row[name]),
    ),
  ]);
  return { count: rows.length, ...Object.fromEntries(columns) };
}

function columnOf(kind: ColumnKind, values: readonly unknown[]): unknown {
  switch (kind) {
    case "u8":
      return Uint8Array.from(values as number[]);
    case "u16":
      return Uint16Array.from(values as number[]);
    case "u32":
      return Uint32Array.from(values as number[]);
    case "i8":
      return Int8Array.from(values as number[]);
    case "i32":
      return Int32Array.from(values as number[]);
    case "f64":
      return Float64Array.from(values as number[]);
    case "u64":
      return new Uint32Array(BigUint64Array.from(values as bigint[]).buffer);
    case "addr": {
      const bytes = new Uint8Array(values.length * 16);
      values.forEach((value, row) => {
        bytes.set(addressBytes(value as string), row * 16);
      });
      return bytes;
    }
    case "string": {
      const builder = new StringColumnBuilder(values.length);
      values.forEach((value, row) => {
        builder.set(row, value as string);
      });
      return builder.finish();
    }
  }
}

/** IPv4, `::` and full IPv6 text, as far as the tests need it. */
function addressBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  if (text === "::") return bytes;
  if (!text.includes(":")) {
    bytes.set([0xff, 0xff, ...text.split(".").map(Number)], 10);
    return bytes;
  }
  const [head = "", tail = ""] = text.split("::");
  const words = (part: string) =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const start = words(head);
  const end = words(tail);
  const all = [...start, ...new Array<number>(8 - start.length - end.length).fill(0), ...end];
  all.forEach((word, index) => {
    bytes.set([word >> 8, word & 0xff], index * 2);
  });
  return bytes;
}
