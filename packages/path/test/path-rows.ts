import type { CompletenessRow, HopRow, PathConnection, PathEnd, PathOptions } from "../src/index.js";

/** 2026-01-01T00:00:00Z: the first window of all tests. */
export const WINDOW = 1_767_225_600;
/** A minute after it: everything has settled. */
export const LATER: PathOptions = { nowMs: (WINDOW + 60) * 1000 };

/** `node interface role direction`, as in "node1 veth1 pod ingress". */
export function hopRow(place: string, given: Partial<HopRow> = {}): HopRow {
  const [node = "", name = "", role = "", direction = ""] = place.split(" ");
  if (direction !== "ingress" && direction !== "egress" && direction !== "unknown")
    throw new Error(`"${place}" has no direction`);
  const windowStart = given.windowStart ?? WINDOW;
  return {
    node,
    interface: name,
    role,
    direction,
    isReply: false,
    windowStart,
    attachedAddress: null,
    rowFlags: 1,
    firstSeenUs: (windowStart + 2) * 1e6,
    lastSeenUs: (windowStart + 8) * 1e6,
    arrivedMs: (windowStart + 4) * 1000,
    packets: 1100,
    bytes: 1_044_000,
    payloadBytes: 1_000_000,
    payloadPackets: 1000,
    retransmittedBytes: 0,
    outOfOrderBytes: 0,
    gapBytes: 0,
    synPackets: 1,
    synAckPackets: 0,
    rstPackets: 0,
    superFrames: 0,
    superFrameSegments: 0,
    icmpErrors: 0,
    dataRoundTripSumUs: 0,
    dataRoundTripCount: 0,
    icmpError: null,
    handshakeUs: null,
    isTracked: false,
    encapsulation: "none",
    outerSource: null,
    outerDestination: null,
    vni: null,
    ...given,
  };
}

/** A few SYNs and nothing else. */
export const SYNS = { packets: 4, bytes: 240, payloadBytes: 0, payloadPackets: 0, synPackets: 4 } as const;
export const REPLY = { isReply: true, synPackets: 0, synAckPackets: 1 } as const;

export function pod(node: string, address: string, name: string): PathEnd {
  return { kind: "pod", node, address, port: 0, name };
}

export const WEB = pod("node1", "10.1.1.2", "web-1");
export const DB = pod("node2", "10.1.2.3", "db-1");
export const DB_BESIDE = pod("node1", "10.1.1.3", "db-1");
export const OUTSIDE: PathEnd = {
  kind: "outside",
  node: "",
  address: "203.0.113.10",
  port: 443,
  name: "203.0.113.10",
};

export function connection(client: PathEnd, server: PathEnd, given: Partial<PathConnection> = {}) {
  return {
    protocol: "tcp",
    client,
    server,
    translation: "none",
    dialled: null,
    outcome: "delivered",
    ...given,
  } satisfies PathConnection;
}

/** Windows of these nodes from one before {@link WINDOW} to five after it, all complete. */
export function complete(...nodes: string[]): CompletenessRow[] {
  return nodes.flatMap((node) =>
    [-1, 0, 1, 2, 3, 4, 5].map((index) => ({
      node,
      windowStart: WINDOW + index * 10,
      droppedFrames: 0,
      agentEvents: [],
    })),
  );
}

/** The four places of a connection between two nodes, forward, or back. */
export const ACROSS = [
  "node1 veth1 pod ingress",
  "node1 eth0 uplink egress",
  "node2 eth0 uplink ingress",
  "node2 veth2 pod egress",
] as const;
export const BACK = [
  "node2 veth2 pod ingress",
  "node2 eth0 uplink egress",
  "node1 eth0 uplink ingress",
  "node1 veth1 pod egress",
] as const;
