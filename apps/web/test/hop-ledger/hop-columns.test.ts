import type { Connection, Hop } from "@hopline/api";
import { describe, expect, it } from "vitest";
import { hopStretches } from "../../src/hop-ledger/hop-columns";
import { hopSteps } from "../../src/hop-ledger/hop-differences";

function connection(clientNode: string, serverNode: string): Connection {
  const end = (node: string) => ({
    entity: { kind: "workload" as const, namespace: "shop", workloadKind: "Deployment", name: "x" },
    address: "10.0.0.1",
    port: 1,
    pod: "x-0",
    node,
  });
  const counters = { packets: 0, bytes: 0, payloadBytes: 0, retransmittedBytes: 0, outOfOrderBytes: 0 };
  return {
    id: "00000000000000aa",
    protocol: "tcp",
    client: end(clientNode),
    server: end(serverNode),
    service: null,
    translation: "none",
    scope: "cross-node",
    firstSeen: 0,
    lastSeen: 0,
    forward: counters,
    reply: counters,
    handshakeUs: null,
    icmpError: null,
    verdict: "undetermined",
    verdictBy: null,
    verdictChanged: false,
    outcome: "delivered",
    conformance: "undetermined",
    hops: 0,
  };
}

function hop(text: string, payloadBytes = 100): Hop {
  const [node = "", name = "", role = "", direction = "", way = ""] = text.split(" ");
  return {
    node,
    interface: name,
    role,
    direction: direction === "in" ? "ingress" : direction === "out" ? "egress" : "unknown",
    isReply: way === "reply",
    packets: 1,
    bytes: payloadBytes,
    payloadBytes,
    payloadPackets: 1,
    retransmittedBytes: 0,
    outOfOrderBytes: 0,
    outOfOrderPackets: 0,
    gapBytes: 0,
    firstSeen: 1000,
    lastSeen: 1000,
    handshakeUs: null,
    dataRoundTripUs: null,
    dataRoundTrips: 0,
    timestampRoundTrips: 0,
    superFrames: 0,
    superFrameSegments: 0,
    fragments: 0,
    icmpErrors: 0,
    icmpError: null,
    tcpOptions: [],
    maximumSegmentSize: null,
    windowScale: null,
    closing: "none",
    sampled: false,
    encapsulation: "none",
    outerSource: null,
    outerDestination: null,
    vni: null,
  };
}

const path = (stretches: ReturnType<typeof hopStretches>) =>
  stretches.map(({ node, columns }) => `${node}: ${columns.map((column) => column.interface).join(" ")}`);

/** Both directions at every interface of a VXLAN pair, in no order. */
const VXLAN_PAIR = [
  hop("n2 veth9 pod out forward"),
  hop("n2 veth9 pod in reply"),
  hop("n1 flannel.1 tunnel out forward"),
  hop("n1 flannel.1 tunnel in reply"),
  hop("n2 eth0 uplink in forward"),
  hop("n2 eth0 uplink out reply"),
  hop("n1 veth1 pod in forward"),
  hop("n1 veth1 pod out reply"),
  hop("n2 flannel.1 tunnel in forward"),
  hop("n1 eth0 uplink out forward"),
  hop("n1 eth0 uplink in reply"),
  hop("n2 cni0 bridge out forward"),
];

describe("hopStretches", () => {
  it("orders a path over two nodes from the client's pod to the server's", () => {
    const stretches = hopStretches(connection("n1", "n2"), VXLAN_PAIR);
    expect(path(stretches)).toEqual(["n1: veth1 flannel.1 eth0", "n2: eth0 flannel.1 cni0 veth9"]);
    expect(stretches.map(({ place }) => place)).toEqual(["client", "server"]);
  });

  it("keeps that order when the client lives on the node that sorts last", () => {
    const swapped = hopStretches(connection("n2", "n1"), [
      hop("n1 eth0 uplink in forward"),
      hop("n1 veth1 pod out forward"),
      hop("n2 veth9 pod in forward"),
      hop("n2 eth0 uplink out forward"),
    ]);
    expect(path(swapped)).toEqual(["n2: veth9 eth0", "n1: eth0 veth1"]);
  });

  it("brings both directions of an interface into one column", () => {
    const [first] = hopStretches(connection("n1", "n2"), VXLAN_PAIR);
    const veth = first?.columns[0];
    expect(veth?.forward?.direction).toBe("ingress");
    expect(veth?.reply?.direction).toBe("egress");
  });

  it("tells the two pods of one node apart by the way the packets cross", () => {
    const stretches = hopStretches(connection("n1", "n1"), [
      hop("n1 vethS pod out forward"),
      hop("n1 vethS pod in reply"),
      hop("n1 vethC pod in forward"),
      hop("n1 vethC pod out reply"),
    ]);
    expect(path(stretches)).toEqual(["n1: vethC vethS"]);
    expect(stretches[0]?.place).toBe("both");
  });

  it("puts a node that only forwards between the ends", () => {
    const stretches = hopStretches(connection("", "n2"), [
      hop("n2 eth0 uplink in forward"),
      hop("n2 veth9 pod out forward"),
      hop("n1 eth0 uplink out forward"),
      hop("n1 eth0 uplink in forward"),
    ]);
    expect(stretches.map(({ node, place }) => `${node} ${place}`)).toEqual(["n1 between", "n2 server"]);
    expect(stretches[0]?.columns.map(({ forward }) => forward?.direction)).toEqual(["ingress", "egress"]);
  });

  it("makes one column of an interface whose source knows no directions", () => {
    const [only] = hopStretches(connection("n1", "n2"), [
      hop("n1 veth1 pod ? forward"),
      hop("n1 veth1 pod ? reply"),
    ]);
    expect(only?.columns).toHaveLength(1);
  });
});

describe("hopSteps", () => {
  const columns = hopStretches(connection("n1", "n2"), [
    hop("n1 veth1 pod in forward", 1000),
    hop("n1 eth0 uplink out forward", 1000),
    hop("n2 eth0 uplink in forward", 900),
    hop("n2 veth9 pod out forward", 900),
    hop("n2 veth9 pod in reply", 500),
    hop("n1 veth1 pod out reply", 450),
  ]).flatMap((stretch) => stretch.columns);

  it("says at which hop payload is missing, and only there", () => {
    expect(hopSteps(columns, "forward").map(({ missingPayloadBytes }) => missingPayloadBytes)).toEqual([
      undefined,
      0,
      100,
      0,
    ]);
  });

  it("compares replies from right to left, across hops that saw nothing", () => {
    expect(hopSteps(columns, "reply").map(({ missingPayloadBytes }) => missingPayloadBytes)).toEqual([
      50,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
