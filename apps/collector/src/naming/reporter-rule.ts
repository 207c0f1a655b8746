import { DIRECTION_EGRESS, DIRECTION_INGRESS } from "../hop-direction.js";

/** Whose address lies behind a pod's interface. */
export type Attached = "client" | "server" | "other" | "unknown";

/**
 * What the rule needs to know of one row. Client and server are those of the tuple that the *server* sees: it hashes to
 * the connection id, so that every node decides on the same two addresses without hearing of the others. Only
 * `clientPodHere` looks at the original client, which the translating node alone knows, and it alone asks.
 */
export interface Observation {
  isReply: boolean;
  /** DIRECTION_ constants: of the packets at this interface, seen from the node. */
  direction: number;
  /** `pod`, `bridge`, `tunnel`, `uplink`, `host` or `unknown`. */
  role: string;
  attached: Attached;
  /** The client's address is on the node that reports this row. */
  clientHere: boolean;
  serverHere: boolean;
  /** The node that holds the client's address has an agent in this window. */
  clientNodeReports: boolean;
  serverNodeReports: boolean;
  /** The client that opened the connection, before any translation, is a pod on the row's node. */
  clientPodHere: boolean;
  /** The server is a pod on the row's node. */
  serverPodHere: boolean;
}

/**
 * Whether this row speaks for its connection and direction, so that sums over rows that do count each packet once.
 *
 * The client's node speaks where it has an agent, else the server's; on that node
 *   1. the client pod's own interface,
 *   2. or, for a client that is no pod there (the node itself, somebody outside behind its NodePort), the server pod's,
 *   3. or the uplink: on its way out at the client's node, on its way in at the server's.
 * What merely passes between two ends that no agent's node holds counts where it comes in by an uplink.
 *
 * A capture without directions (some files, `cap`) has one row for both ways through an interface: it is told by whose
 * address is attached. There an interface that nobody could tell the role of stands for every point, being the only one.
 */
export function isReporter(row: Observation): boolean {
  switch (speakingSide(row)) {
    case "client":
      if (row.clientPodHere) return atPod(row, "client");
      return row.serverPodHere ? atPod(row, "server") : atUplink(row, "out");
    case "server":
      return row.serverPodHere ? atPod(row, "server") : atUplink(row, "in");
    case "passing":
      return isOnlyPoint(row) || (row.role === "uplink" && row.direction !== DIRECTION_EGRESS);
    case "elsewhere":
      return false;
  }
}

function speakingSide(row: Observation): "client" | "server" | "passing" | "elsewhere" {
  if (row.clientNodeReports) return row.clientHere ? "client" : "elsewhere";
  if (row.serverNodeReports) return row.serverHere ? "server" : "elsewhere";
  // Neither node was counted as having an agent, and yet one of them sent this row: it came late, and nobody else spoke.
  if (row.clientHere) return "client";
  return row.serverHere ? "server" : "passing";
}

/** A pod is a leaf: what comes in from its interface was sent by it, what goes out on it was sent to it. */
function atPod(row: Observation, end: "client" | "server"): boolean {
  if (isOnlyPoint(row)) return true;
  if (row.role !== "pod") return false;
  if (row.direction === DIRECTION_INGRESS) return (end === "client") !== row.isReply;
  if (row.direction === DIRECTION_EGRESS) return (end === "server") !== row.isReply;
  return row.attached === end;
}

/** `out`: the connection leaves the node here, so that its packets go out and its replies come in. */
function atUplink(row: Observation, way: "out" | "in"): boolean {
  if (isOnlyPoint(row)) return true;
  if (row.role !== "uplink") return false;
  if (row.direction === DIRECTION_EGRESS) return (way === "out") !== row.isReply;
  if (row.direction === DIRECTION_INGRESS) return (way === "in") !== row.isReply;
  return true;
}

function isOnlyPoint(row: Observation): boolean {
  return row.role === "unknown" && row.direction !== DIRECTION_INGRESS && row.direction !== DIRECTION_EGRESS;
}
