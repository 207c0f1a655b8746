import {
  CLIENT_FIELDS,
  ORIGINAL_FIELDS,
  POSITION_COLUMNS,
  SERVER_FIELDS,
  tupleType,
} from "../connection-row.js";
import type { Migration } from "../migration.js";
import { aggregatingMergeTree, ON_CLUSTER } from "../table-engine.js";

/** Either what one position counted, or the reporter. */
const sum = (name: string, type = "UInt64") =>
  `${name} SimpleAggregateFunction(sum, ${type}) CODEC(T64, LZ4)`;

/**
 * Connection × window, the hops of both nodes side by side in one row: each node's batch adds its columns, the merge
 * makes one row of them. The order keeps ten minutes together, so that a time range and one connection are both quick.
 *
 * `verdict` and `verdict_reason` are no longer filled: `judged` (migration 11) holds both.
 *
 * The view that fills it was made here; migration 11 gives it today's body, and makes it where it is not there.
 */
export const connections: Migration = {
  number: 2,
  name: "connections",
  statements: [
    `CREATE TABLE IF NOT EXISTS connections ${ON_CLUSTER} (
  connection_id UInt64,
  window_start DateTime('UTC'),
  protocol SimpleAggregateFunction(any, UInt8),
  server_address SimpleAggregateFunction(any, IPv6),
  server_port SimpleAggregateFunction(any, UInt16),
  client SimpleAggregateFunction(max, ${tupleType(CLIENT_FIELDS)}),
  server SimpleAggregateFunction(max, ${tupleType(SERVER_FIELDS)}),
  original SimpleAggregateFunction(max, ${tupleType(ORIGINAL_FIELDS)}),
  verdict SimpleAggregateFunction(anyLast, String),
  verdict_reason SimpleAggregateFunction(anyLast, String),
  seen SimpleAggregateFunction(groupBitOr, UInt8),
  first_seen_us SimpleAggregateFunction(min, UInt64) CODEC(Delta, LZ4),
  last_seen_us SimpleAggregateFunction(max, UInt64) CODEC(Delta, LZ4),
  handshake_us SimpleAggregateFunction(max, Float32),
  ingested_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')) CODEC(Delta, LZ4),
  places SimpleAggregateFunction(groupUniqArrayArray, Array(UInt32)),
  ${["packets", "bytes", "payload_bytes", "retransmitted_bytes"]
    .flatMap((counter) => [sum(`forward_${counter}`), sum(`reply_${counter}`)])
    .join(",\n  ")},
  ${POSITION_COLUMNS.map(({ name, type }) => sum(name, type)).join(",\n  ")}
)
${aggregatingMergeTree({
  partitionBy: "toDate(window_start)",
  orderBy: "toStartOfTenMinutes(window_start), connection_id, window_start",
})}`,
  ],
};
