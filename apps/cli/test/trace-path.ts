import type { Connection, ConnectionPath, PathHop, PathSegment } from "@hopline/api";

const counters = { packets: 10, bytes: 1000, payloadBytes: 600, retransmittedBytes: 0, outOfOrderBytes: 0 };

/** From web on node1 to db on node2, by a Service. */
export const CONNECTION: Connection = {
  id: "00000000000000a1",
  protocol: "tcp",
  client: {
    entity: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" },
    address: "10.1.1.2",
    port: 41_000,
    pod: "web-5d8f-1",
    node: "node1",
  },
  server: {
    entity: { kind: "workload", namespace: "data", workloadKind: "StatefulSet", name: "db" },
    address: "10.1.2.3",
    port: 5432,
    pod: "db-0",
    node: "node2",
  },
  service: { namespace: "data", name: "postgres", portName: "", address: "10.96.0.5", port: 5433 },
  translation: "dnat",
  scope: "cross-node",
  firstSeen: 1000,
  lastSeen: 2000,
  forward: counters,
  reply: counters,
  handshakeUs: null,
  icmpError: null,
  verdict: "undetermined",
  verdictBy: null,
  verdictChanged: false,
  outcome: "unanswered",
  conformance: "undetermined",
  hops: 2,
};

function hop(node: string, role: string, crossing: "in" | "out", given: Partial<PathHop>): PathHop {
  return {
    node,
    role,
    crossing,
    inside: node === "node1" ? "source node" : "destination node",
    state: "seen",
    interfaces: [],
    packets: 0,
    bytes: 0,
    payloadBytes: 0,
    retransmittedBytes: 0,
    outOfOrderBytes: 0,
    gapBytes: 0,
    firstSeen: null,
    lastSeen: null,
    handshakeUs: null,
    dataRoundTripUs: null,
    encapsulation: "none",
    outerSource: null,
    outerDestination: null,
    vni: null,
    ...given,
  };
}

function segment(kind: PathSegment["kind"], from: number, loss: Partial<PathSegment["loss"]>): PathSegment {
  return {
    kind,
    from,
    to: from + 1,
    fromNode: "node1",
    toNode: "node2",
    loss: {
      basis: "both-ends",
      payload: null,
      empty: null,
      why: [],
      sentPayloadBytes: 0,
      missingPayloadBytes: 0,
      sentEmptyPackets: 0,
      missingEmptyPackets: 0,
      measuredWindows: 1,
      leftOutWindows: 0,
      ...loss,
    },
    latency: { handshakeUs: 120, dataUs: null },
  };
}

/** It leaves node1 and never comes to node2. */
export const BROKEN_PATH: ConnectionPath = {
  range: { from: 0, to: 10_000 },
  connection: CONNECTION,
  forward: {
    hops: [
      hop("node1", "pod", "in", { interfaces: ["veth1"], packets: 1204, payloadBytes: 1_200_000 }),
      hop("node1", "uplink", "out", {
        interfaces: ["eth0"],
        packets: 1204,
        payloadBytes: 1_200_000,
        retransmittedBytes: 5000,
        encapsulation: "vxlan",
        vni: 1,
      }),
      hop("node2", "uplink", "in", { state: "silent" }),
      hop("node2", "pod", "out", { state: "unreached" }),
    ],
    segments: [
      segment("source node", 0, { payload: { ratio: 0.0096, low: 0.0081, high: 0.011 } }),
      segment("wire", 1, {
        why: [{ code: "frames-dropped", text: "the capture had no room for some frames" }],
      }),
    ],
    receiver: { handshakeUs: null, dataUs: null },
  },
  reply: { hops: [], segments: [], receiver: { handshakeUs: null, dataUs: null } },
  broken: {
    direction: "forward",
    missing: "everything",
    lastSeen: 1,
    firstSilent: 2,
    segment: "wire",
    evidence: [],
    sentence:
      "Packets from shop/web-5d8f-1 to data/db-0 pass eth0 on node1 (1204 packets) and never reach the uplink on node2: they are lost on the wire from node1 to node2.",
  },
};
