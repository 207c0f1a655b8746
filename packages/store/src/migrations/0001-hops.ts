import type { Migration } from "../migration.js";
import { mergeTree, ON_CLUSTER } from "../table-engine.js";

const END = (end: string) => `
  ${end}_kind LowCardinality(String),
  ${end}_namespace LowCardinality(String),
  ${end}_workload_kind LowCardinality(String),
  ${end}_workload LowCardinality(String),
  ${end}_pod LowCardinality(String),
  ${end}_node LowCardinality(String),`;

/**
 * The hop ledger: connection × direction × observation point × window, as the agents counted it.
 *
 * Partitions are hours, not days: three days are 72 of them, a time range reads only its own hours, and disk pressure
 * can give back an hour at a time. Within an hour a connection's rows lie together.
 */
export const hops: Migration = {
  number: 1,
  name: "hops",
  statements: [
    `CREATE TABLE IF NOT EXISTS hops ${ON_CLUSTER} (
  connection_id UInt64,
  is_reply UInt8,
  window_start DateTime('UTC'),
  node LowCardinality(String),
  interface_index Int32,
  interface LowCardinality(String),
  role LowCardinality(String),
  direction UInt8,
  attached_address IPv6,
  protocol UInt8,
  client_address IPv6,
  client_port UInt16,
  server_address IPv6,
  server_port UInt16,
  original_client_address IPv6,
  original_client_port UInt16,
  original_server_address IPv6,
  original_server_port UInt16,
  translation LowCardinality(String),
  initiator_by LowCardinality(String),
  row_flags UInt8,
  first_seen_us UInt64 CODEC(Delta, LZ4),
  last_seen_us UInt64 CODEC(Delta, LZ4),
  packets UInt64 CODEC(T64, LZ4),
  bytes UInt64 CODEC(T64, LZ4),
  payload_bytes UInt64 CODEC(T64, LZ4),
  payload_packets UInt64 CODEC(T64, LZ4),
  retransmitted_bytes UInt64 CODEC(T64, LZ4),
  retransmitted_packets UInt64 CODEC(T64, LZ4),
  gap_bytes Int64 CODEC(T64, LZ4),
  syn_packets UInt64 CODEC(T64, LZ4),
  syn_ack_packets UInt64 CODEC(T64, LZ4),
  fin_packets UInt64 CODEC(T64, LZ4),
  rst_packets UInt64 CODEC(T64, LZ4),
  zero_window_packets UInt64 CODEC(T64, LZ4),
  tcp_flags UInt8,
  handshake_us Float32,
  data_round_trip_sum_us Float64,
  data_round_trip_count UInt64 CODEC(T64, LZ4),
  outer_source_address IPv6,
  outer_destination_address IPv6,
  vni Int32,
  vlan UInt16,${END("client")}${END("server")}
  service_namespace LowCardinality(String),
  service_name LowCardinality(String),
  service_port_name LowCardinality(String),
  reporter UInt8,
  verdict LowCardinality(String),
  verdict_reason LowCardinality(String),
  ingested_at DateTime64(6, 'UTC')
)
${mergeTree({
  partitionBy: "toStartOfHour(window_start)",
  orderBy: "connection_id, is_reply, window_start, node, interface_index, direction",
})}`,
  ],
};
