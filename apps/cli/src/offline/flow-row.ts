import { type Connection, connectionDetailSchema, type Hop, PATHS } from "@hopline/api";
import type { ApiClient } from "../api-client.js";

/** A connection to print, with its hops where they were asked for. */
export interface FlowRow {
  readonly connection: Connection;
  readonly hops: readonly Hop[] | undefined;
}

/** So many questions at once: the store answers about as many side by side. */
const AT_ONCE = 4;
/** Windows that a connection's first and last packet lie in. */
const MARGIN_MS = 10_000;

/** The same connections with what each observation point counted: a question to the store for each of them. */
export async function withHops(api: ApiClient, connections: readonly Connection[]): Promise<FlowRow[]> {
  const rows: FlowRow[] = [];
  for (let at = 0; at < connections.length; at += AT_ONCE) {
    const some = connections.slice(at, at + AT_ONCE);
    rows.push(...(await Promise.all(some.map((connection) => withItsHops(api, connection)))));
  }
  return rows;
}

async function withItsHops(api: ApiClient, connection: Connection): Promise<FlowRow> {
  const { hops } = await api.get(connectionDetailSchema, `${PATHS.connections}/${connection.id}`, {
    from: Math.max(0, connection.firstSeen - MARGIN_MS),
    to: connection.lastSeen + MARGIN_MS,
  });
  return { connection, hops };
}

/** Bytes of one direction that no hop should have missed: the most that any observation point found missing. */
export function gapBytes(hops: readonly Pick<Hop, "isReply" | "gapBytes">[], isReply: boolean): number {
  return Math.max(0, ...hops.filter((hop) => hop.isReply === isReply).map((hop) => hop.gapBytes));
}

/** `node1/veth4e114f59 node1/eth0 node2/eth0`: where it was seen, in the order of its packets. */
export function seenAt(hops: readonly Pick<Hop, "node" | "interface">[]): string {
  return [...new Set(hops.map((hop) => `${hop.node}/${hop.interface}`))].join(" ");
}
