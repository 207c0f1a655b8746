import type { ColumnSpec, ColumnsOf } from "./columns.js";

/** How many bytes of a dropped packet are kept, from its IP header on. */
export const DROPPED_PACKET_BYTES = 128;

/**
 * Columns of a `drops` batch, in order: one row = who dropped packets of one 5-tuple, for one reason, within a second.
 * Names that `hops` batches have too mean the same. At most 65,536 distinct packets in a batch.
 */
export const DROP_COLUMNS = {
  /** Unix seconds, a multiple of 10: the window of `dropped_us`. */
  window_start: "u32",
  /** When the first of these packets was dropped, microseconds since the Unix epoch. */
  dropped_us: "f64",
  /** Who says so: `nflog`, `icmp`, `rst` or `kernel`. */
  source: "string",
  /** `nflog`: the group that the rule logs to; else 0. */
  group: "u16",
  /** `nflog`: the rule's prefix as it stands in the rule; else empty. */
  prefix: "string",
  /** `kernel`: the drop reason's name, without SKB_DROP_REASON_; `icmp`: the error in words; else empty. */
  reason: "string",
  /** The interface by which the packet came, and that by which it would have gone; empty where there was none or nobody knows. */
  in_interface: "string",
  out_interface: "string",
  /** 0: from the connection's initiator (client); 1: back to it. */
  is_reply: "u8",
  /** 0, with unspecified addresses and no connection, for what names no packet: the kernel's counts by reason. */
  protocol: "u8",
  connection_id: "u64",
  /** The 5-tuple that the server sees, or would have seen. */
  client_address: "addr",
  client_port: "u16",
  server_address: "addr",
  server_port: "u16",
  /** The 5-tuple that the client sent, where the agent knows it; else the same as above. */
  original_client_address: "addr",
  original_client_port: "u16",
  original_server_address: "addr",
  original_server_port: "u16",
  /** `none`, `dnat`, `snat`, `dnat+snat`, or `untracked` where conntrack had no entry for it. */
  translation: "string",
  /** How the initiator is known: `conntrack`, `handshake`, or `ports`. */
  initiator_by: "string",
  packets: "f64",
  /** Of these packets from their IP headers on; 0 where nobody knows. */
  bytes: "f64",
  /** The first {@link DROPPED_PACKET_BYTES} of the first packet from its IP header on, in lower-case hex; empty where nobody has it. */
  packet: "string",
} as const satisfies ColumnSpec;

export type DropColumns = ColumnsOf<typeof DROP_COLUMNS>;
