import type { TimeRange } from "@hopline/api";
import { type NodeState, sentNodeStateSchema, withDifference } from "@hopline/batch";
import { z } from "zod";
import type { NodeStateReading, SentNodeStateReading } from "../records.js";
import type { QueryContext } from "./query-context.js";
import { addressText } from "./resolved-connections.js";

const rowSchema = z.object({ node: z.string(), read_ms: z.coerce.number(), state: z.string() });

/** More of one node are not looked at: agents send one a minute, and one for each change. */
const MOST_READINGS = 50;

/**
 * What these nodes' kernels were set to do, reading by reading, the oldest first. A difference without the whole reading that it
 * is to (still on its way, or lost) is left out.
 */
export async function nodeStates(
  { database }: Pick<QueryContext, "database">,
  nodes: readonly string[],
  range: TimeRange,
): Promise<NodeStateReading[]> {
  const rows = await database.query(
    "the state of nodes",
    rowSchema,
    `SELECT node, toUnixTimestamp64Milli(read_at) AS read_ms, any(state) AS state FROM node_states
WHERE node IN {nodes:Array(String)}
  AND read_at BETWEEN fromUnixTimestamp64Milli({from:Int64}) AND fromUnixTimestamp64Milli({to:Int64})
GROUP BY node, read_at
ORDER BY read_at DESC LIMIT {most:UInt32} BY node`,
    { nodes: [...nodes], from: Math.floor(range.from), to: Math.ceil(range.to), most: MOST_READINGS },
  );
  const readings = rows
    .map((row) => ({
      node: row.node,
      readAtMs: row.read_ms,
      state: sentNodeStateSchema.parse(JSON.parse(row.state)),
    }))
    .reverse();
  const whole = await wholeStates({ database }, readings);
  return readings.flatMap(({ node, readAtMs, state }) => {
    if (state.version === 1) return { node, readAtMs, state };
    const earlier = whole.get(keyOf(node, state.since));
    return earlier === undefined ? [] : { node, readAtMs, state: withDifference(earlier, state) };
  });
}

/** The whole readings among these and those that the others are differences to, by node and time. */
async function wholeStates(
  { database }: Pick<QueryContext, "database">,
  readings: readonly SentNodeStateReading[],
): Promise<Map<string, NodeState>> {
  const known = new Map<string, NodeState>();
  for (const { node, readAtMs, state } of readings)
    if (state.version === 1) known.set(keyOf(node, readAtMs), state);
  const missing = readings.flatMap(({ node, state }) =>
    state.version === 2 && !known.has(keyOf(node, state.since)) ? [{ node, since: state.since }] : [],
  );
  if (missing.length === 0) return known;
  const rows = await database.query(
    "the whole state of nodes",
    rowSchema,
    `SELECT node, toUnixTimestamp64Milli(read_at) AS read_ms, any(state) AS state FROM node_states
WHERE node IN {nodes:Array(String)}
  AND read_at IN (SELECT arrayJoin(arrayMap(ms -> fromUnixTimestamp64Milli(ms), {times:Array(Int64)})))
GROUP BY node, read_at`,
    {
      nodes: [...new Set(missing.map(({ node }) => node))],
      times: [...new Set(missing.map(({ since }) => since))],
    },
  );
  for (const row of rows) {
    const state = sentNodeStateSchema.parse(JSON.parse(row.state));
    if (state.version === 1) known.set(keyOf(row.node, row.read_ms), state);
  }
  return known;
}

function keyOf(node: string, readAtMs: number): string {
  return `${node} ${readAtMs}`;
}

/** An address and port on which something listens. */
export interface Backend {
  readonly address: string;
  readonly port: number;
}

const backendSchema = z.object({ backend: z.string(), backend_port: z.coerce.number() });

/** Where connections were led to that dialled this address and port: the backends of a Service, as far as they were used. */
export async function usedBackends(
  { database }: Pick<QueryContext, "database">,
  dialled: Backend,
  range: TimeRange,
  client?: string,
): Promise<Backend[]> {
  const rows = await database.query(
    "the backends of a service",
    backendSchema,
    `SELECT ${addressText("h.server_address")} AS backend, h.server_port AS backend_port FROM hops AS h
WHERE h.window_start BETWEEN toDateTime({from:UInt32}) AND toDateTime({to:UInt32})
  AND h.original_server_address = toIPv6({address:String}) AND h.original_server_port = {port:UInt16}
  AND h.server_address != h.original_server_address
  ${client === undefined ? "" : "AND h.original_client_address = toIPv6({client:String})"}
GROUP BY backend, backend_port ORDER BY max(h.window_start) DESC, backend LIMIT 100`,
    {
      from: Math.floor(range.from / 1000),
      to: Math.ceil(range.to / 1000),
      address: version6(dialled.address),
      port: dialled.port,
      ...(client !== undefined && { client: version6(client) }),
    },
  );
  return rows.map((row) => ({ address: row.backend, port: row.backend_port }));
}

function version6(address: string): string {
  return address.includes(":") ? address : `::ffff:${address}`;
}
