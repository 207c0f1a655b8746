import type { HopRow, Role } from "./hop-row.js";
import { type Direction, endsOf, type PathConnection, type PathEnd } from "./path-connection.js";

/** Whether a direction's packets come into the node by an interface or leave it by it. */
export type Crossing = "in" | "out";

export type SegmentKind = "source node" | "wire" | "destination node";

/** A place that packets of one direction are to pass. */
export interface ExpectedHop {
  readonly node: string;
  readonly role: Role;
  readonly crossing: Crossing;
  /** Bridges, tunnels and the node's own sockets are not captured unless asked for: nothing follows from their silence. */
  readonly optional: boolean;
  /** What lies inside this node, seen from the direction's sender. */
  readonly inside: Exclude<SegmentKind, "wire">;
}

/** Rows of a direction with the way that their packets crossed the interface. */
export interface CrossedRow {
  readonly row: HopRow;
  readonly role: Role;
  readonly crossing: Crossing;
}

const ROLES: ReadonlySet<string> = new Set<Role>(["pod", "bridge", "tunnel", "uplink", "host"]);

/** The rows of one direction that a path leads over. */
export function crossedRows(
  connection: PathConnection,
  rows: readonly HopRow[],
  direction: Direction,
): CrossedRow[] {
  const ends = endsOf(connection, direction);
  return rows
    .filter((row) => row.isReply === (direction === "reply"))
    .flatMap((row) => {
      if (!isRole(row.role)) return [];
      return { row, role: row.role, crossing: crossingOf(row, ends) };
    });
}

function isRole(role: string): role is Role {
  return ROLES.has(role);
}

/** Ingress is into the node. Captures that do not tell leave it to the address behind a veth, and to whose node it is. */
function crossingOf(row: HopRow, [source, destination]: readonly [PathEnd, PathEnd]): Crossing {
  if (row.direction !== "unknown") return row.direction === "ingress" ? "in" : "out";
  const inwards = row.role === "pod" || row.role === "bridge" || row.role === "host";
  if (row.role === "pod" && row.attachedAddress !== null) {
    return row.attachedAddress === source.address ? "in" : "out";
  }
  const isSources = row.node === source.node || row.node !== destination.node;
  return isSources === inwards ? "in" : "out";
}

/** Nodes in the order in which one direction passes them, and which of its ends are among them. */
export interface NodesOnTheWay {
  /** The sender's, those that only forward (the node of a NodePort, an egress gateway), the receiver's; a node may come twice. */
  readonly nodes: readonly string[];
  readonly beginsAtSource: boolean;
  readonly endsAtDestination: boolean;
}

/** An end whose node nobody named is looked for at a veth. */
export function nodesOnTheWay(
  connection: PathConnection,
  crossed: readonly CrossedRow[],
  direction: Direction,
): NodesOnTheWay {
  const [from, to] = endsOf(connection, direction);
  const source = from.node !== "" ? from.node : nodeOfVeth(crossed, "in");
  const destination = to.node !== "" ? to.node : nodeOfVeth(crossed, "out");
  const others = new Set(crossed.map(({ row }) => row.node));
  others.delete(source);
  others.delete(destination);
  const between = [...others].sort();
  const sameNode = source === destination && between.length === 0;
  return {
    nodes: [source, ...between, ...(sameNode ? [] : [destination])].filter((node) => node !== ""),
    beginsAtSource: source !== "",
    endsAtDestination: destination !== "",
  };
}

function nodeOfVeth(crossed: readonly CrossedRow[], crossing: Crossing): string {
  return crossed.find((one) => one.role === "pod" && one.crossing === crossing)?.row.node ?? "";
}

/** The hops that one direction's packets are to pass, in order; the optional ones among them may not exist. */
export function expectedHops(
  connection: PathConnection,
  crossed: readonly CrossedRow[],
  direction: Direction,
): ExpectedHop[] {
  const [from, to] = endsOf(connection, direction);
  const { nodes, beginsAtSource, endsAtDestination } = nodesOnTheWay(connection, crossed, direction);
  return nodes.flatMap((node, index) => {
    const isFirst = index === 0;
    const isLast = index === nodes.length - 1;
    // A node that takes in what comes from outside stands for the source, one that lets it out for the destination.
    const inside = (isFirst && beginsAtSource) || !isLast ? "source node" : "destination node";
    const hop = (role: Role, crossing: Crossing): ExpectedHop => ({
      node,
      role,
      crossing,
      optional: role !== "pod" && role !== "uplink",
      inside,
    });
    const hops: ExpectedHop[] = [];
    if (!isFirst || from.kind === "outside") hops.push(hop("uplink", "in"), hop("tunnel", "in"));
    else if (from.kind === "host") hops.push(hop("host", "in"));
    else if (beginsAtSource) hops.push(hop("pod", "in"), hop("bridge", "in"));

    if (!isLast) hops.push(hop("tunnel", "out"), hop("uplink", "out"));
    // Nobody knows the way to an address without an owner, or to a Service without a backend.
    else if (!endsAtDestination)
      hops.push(...(to.kind === "outside" ? [hop("tunnel", "out"), hop("uplink", "out")] : []));
    else if (to.kind === "host") hops.push(hop("host", "out"));
    else hops.push(hop("bridge", "out"), hop("pod", "out"));
    return hops;
  });
}

/** Where on a node a packet passes an interface: first inwards, then outwards. */
export function rankOnNode(role: Role, crossing: Crossing): number {
  const outermost = role === "pod" || role === "uplink" || role === "host";
  if (crossing === "in") return outermost ? 0 : 1;
  return outermost ? 3 : 2;
}
