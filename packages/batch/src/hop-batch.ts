import type { ColumnSpec, ColumnsOf } from "./columns.js";

/**
 * Columns of a `hops` batch, in order: one row = connection × direction × observation point × window.
 * Where a column comes from packages/flow's HopRows it means the same; the rest is what the agent's node knows.
 */
export const HOP_COLUMNS = {
  /** Hash of (protocol, client, server) as the server sees them: the same on every node. */
  connection_id: "u64",
  /** 0: from the connection's initiator (client); 1: back to it. */
  is_reply: "u8",
  /** Unix seconds, a multiple of 10. */
  window_start: "u32",
  interface_index: "i32",
  interface: "string",
  /** `pod`, `bridge`, `tunnel`, `uplink`, `host` or `unknown`. */
  role: "string",
  /** 0 ingress (into the node from that interface), 1 egress, 2 unknown. */
  direction: "u8",
  /** Role `pod`: the pod's address behind this veth; all zero where not known or not a pod's. */
  attached_address: "addr",
  protocol: "u8",
  /** The 5-tuple that the server sees (decision 2). */
  client_address: "addr",
  client_port: "u16",
  server_address: "addr",
  server_port: "u16",
  /** The 5-tuple that the client sent; the same as above where nothing was translated. */
  original_client_address: "addr",
  original_client_port: "u16",
  original_server_address: "addr",
  original_server_port: "u16",
  /** `none`, `dnat`, `snat`, `dnat+snat`, or `untracked` where conntrack had no entry for it. */
  translation: "string",
  /** How the initiator is known: `conntrack`, `handshake`, or `ports` (a guess: the lower port serves). */
  initiator_by: "string",
  row_flags: "u8",
  first_seen_us: "f64",
  last_seen_us: "f64",
  packets: "f64",
  bytes: "f64",
  payload_bytes: "f64",
  payload_packets: "f64",
  retransmitted_bytes: "f64",
  retransmitted_packets: "f64",
  out_of_order_bytes: "f64",
  out_of_order_packets: "f64",
  gap_bytes: "f64",
  syn_packets: "f64",
  syn_ack_packets: "f64",
  fin_packets: "f64",
  rst_packets: "f64",
  zero_window_packets: "f64",
  tcp_flags: "u8",
  /** TCP_OPTION_ bits of packages/packet: 1 MSS, 2 window scale, 4 SACK permitted, 8 SACK, 16 timestamps. */
  tcp_options: "u8",
  maximum_segment_size: "u16",
  window_scale: "i8",
  /** 0 nothing, 1 sent the first FIN, 2 reset the open connection. */
  closing: "u8",
  handshake_us: "f64",
  data_round_trip_sum_us: "f64",
  data_round_trip_count: "f64",
  timestamp_round_trip_count: "f64",
  super_frames: "f64",
  super_frame_segments: "f64",
  fragments: "f64",
  icmp_errors: "f64",
  icmp_error_type: "u8",
  icmp_error_code: "u8",
  icmp_error_source: "addr",
  icmp_error_mtu: "u32",
  /** ENCAPSULATION_NAMES of packages/packet; `none` where there is none. */
  encapsulation: "string",
  outer_source_address: "addr",
  outer_destination_address: "addr",
  vni: "i32",
  vlan: "u16",
} as const satisfies ColumnSpec;

export type HopColumns = ColumnsOf<typeof HOP_COLUMNS>;

/**
 * What stands in a column that agents did not send in their first version, where a batch lacks it: their batches may lie
 * on disk while node and collector are upgraded. Addresses are unspecified.
 */
export const ADDED_HOP_COLUMNS: ReadonlyMap<string, number | string> = new Map<
  keyof typeof HOP_COLUMNS,
  number | string
>([
  ["out_of_order_bytes", 0],
  ["out_of_order_packets", 0],
  ["tcp_options", 0],
  ["maximum_segment_size", 0],
  ["window_scale", -1],
  ["closing", 0],
  ["timestamp_round_trip_count", 0],
  ["super_frames", 0],
  ["super_frame_segments", 0],
  ["fragments", 0],
  ["icmp_errors", 0],
  ["icmp_error_type", 0],
  ["icmp_error_code", 0],
  ["icmp_error_source", 0],
  ["icmp_error_mtu", 0],
  ["encapsulation", "none"],
]);
