import { ICMP_ERROR_FIELDS, tupleType } from "../connection-row.js";
import type { Migration } from "../migration.js";
import { ON_CLUSTER } from "../table-engine.js";

const add = (table: string, columns: readonly string[]) =>
  `ALTER TABLE ${table} ${ON_CLUSTER} ${columns.map((column) => `ADD COLUMN IF NOT EXISTS ${column}`).join(", ")}`;

const HOP_COUNTERS = [
  "out_of_order_bytes",
  "out_of_order_packets",
  "timestamp_round_trip_count",
  "super_frames",
  "super_frame_segments",
  "fragments",
  "icmp_errors",
];

/**
 * What agents count since: order, super-frames, fragments, ICMP errors, TCP options, how a connection closed, the name of
 * the encapsulation. The views that read them got new bodies here; migration 11 gives them today's.
 */
export const packetAnomalies: Migration = {
  number: 8,
  name: "packet_anomalies",
  statements: [
    add("hops", [
      ...HOP_COUNTERS.map((column) => `${column} UInt64 CODEC(T64, LZ4)`),
      "icmp_error_type UInt8",
      "icmp_error_code UInt8",
      "icmp_error_source IPv6",
      "icmp_error_mtu UInt32",
      "tcp_options UInt8",
      "maximum_segment_size UInt16",
      "window_scale Int8 DEFAULT -1",
      "closing UInt8",
      "encapsulation LowCardinality(String) DEFAULT 'none'",
    ]),
    add("connections", [
      "forward_out_of_order_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, LZ4)",
      "reply_out_of_order_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, LZ4)",
      `icmp_error SimpleAggregateFunction(max, ${tupleType(ICMP_ERROR_FIELDS)})`,
    ]),
  ],
};
