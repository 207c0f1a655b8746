import type { Connection, Hop } from "@hopline/api";

/** One place that the connection passed: an interface, crossed one way; what it counted for either direction. */
export interface HopColumn {
  readonly key: string;
  readonly node: string;
  readonly interface: string;
  readonly role: string;
  readonly forward: Hop | undefined;
  readonly reply: Hop | undefined;
}

/** Hops that lie on one node, next to each other on the way. */
export interface NodeStretch {
  readonly node: string;
  /** Where the node stands on the way from client to server. */
  readonly place: "client" | "between" | "server" | "both";
  readonly columns: readonly HopColumn[];
}

/** From the pod outwards. A node's own sockets take the pod's place. */
const ROLE_RANK: Record<string, number> = { pod: 0, host: 0, bridge: 1, tunnel: 2, uplink: 3 };

/**
 * Puts the hops of a connection side by side in the order in which the client's packets pass them, and both
 * directions of a hop into one column. A reply passes the same interfaces the other way: its ingress is the
 * client's egress.
 */
export function hopStretches(connection: Connection, hops: readonly Hop[]): NodeStretch[] {
  const columns = new Map<string, HopColumn & { readonly leaves: boolean }>();
  for (const hop of hops) {
    const leaves = leavesForward(hop);
    const key = `${hop.node} ${hop.interface} ${leaves ? "out" : "in"}`;
    const column = columns.get(key) ?? {
      key,
      node: hop.node,
      interface: hop.interface,
      role: hop.role,
      forward: undefined,
      reply: undefined,
      leaves,
    };
    columns.set(key, { ...column, ...(hop.isReply ? { reply: hop } : { forward: hop }) });
  }

  const stretches = new Map<string, (HopColumn & { readonly leaves: boolean })[]>();
  for (const column of columns.values()) {
    const members = stretches.get(column.node);
    if (members === undefined) stretches.set(column.node, [column]);
    else members.push(column);
  }
  return [...stretches]
    .map(([node, members]) => {
      const place = placeOf(node, connection);
      const order = (column: HopColumn & { readonly leaves: boolean }) =>
        rankOn(place, column.role, column.leaves);
      const sorted = members.sort((a, b) => order(a) - order(b) || (a.interface < b.interface ? -1 : 1));
      return { node, place, columns: sorted };
    })
    .sort((a, b) => PLACE_RANK[a.place] - PLACE_RANK[b.place] || (a.node < b.node ? -1 : 1));
}

const PLACE_RANK = { client: 0, both: 1, between: 1, server: 2 } as const;

function placeOf(node: string, connection: Connection): NodeStretch["place"] {
  const isClients = node === connection.client.node;
  const isServers = node === connection.server.node;
  if (isClients && isServers) return "both";
  return isClients ? "client" : isServers ? "server" : "between";
}

/**
 * Whether the client's packets leave the node's stack by this interface (towards the server) or come in by it.
 * Where the source could not tell, both directions count as one crossing.
 */
function leavesForward(hop: Hop): boolean {
  if (hop.direction === "unknown") return false;
  const leaves = hop.direction === "egress";
  return hop.isReply ? !leaves : leaves;
}

/**
 * On the client's node the way leads outwards, on the server's inwards; on a node between, and where both ends share
 * one, first inwards by what comes in, then outwards by what leaves.
 */
function rankOn(place: NodeStretch["place"], role: string, leaves: boolean): number {
  const outwards = ROLE_RANK[role] ?? 4;
  if (place === "client") return outwards;
  if (place === "server") return 3 - outwards;
  if (place === "both") return leaves ? 10 - outwards : outwards;
  return leaves ? 10 + outwards : 3 - outwards;
}
