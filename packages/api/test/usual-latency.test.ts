import { expect, test } from "vitest";
import { type PathDirection, type PathSegment, usualLatency } from "../src/index.js";

const hop = (node: string): PathDirection["hops"][number] => ({
  ...{ node, role: "pod", crossing: "in", inside: "source node", state: "seen", interfaces: ["veth1"] },
  ...{ packets: 1, bytes: 60, payloadBytes: 0, retransmittedBytes: 0, outOfOrderBytes: 0, gapBytes: 0 },
  ...{ firstSeen: 0, lastSeen: 0, handshakeUs: null, dataRoundTripUs: null },
  ...{ encapsulation: "none", outerSource: null, outerDestination: null, vni: null },
});
const wire = (handshakeUs: number | null, dataUs: number | null): PathSegment => ({
  ...{ kind: "wire", from: 0, to: 1, fromNode: "node1", toNode: "node2", latency: { handshakeUs, dataUs } },
  loss: {
    ...{ basis: "both-ends", payload: null, empty: null, why: [], sentPayloadBytes: 0 },
    ...{ missingPayloadBytes: 0, sentEmptyPackets: 0, missingEmptyPackets: 0 },
    ...{ measuredWindows: 0, leftOutWindows: 0 },
  },
});
const direction: PathDirection = {
  ...{ hops: [hop("node1"), hop("node2")], segments: [] },
  receiver: { handshakeUs: null, dataUs: null },
};
const handshake = { p50: 60, p95: 90, p99: 120, count: 500 };
const data = { p50: 1500, p95: 1900, p99: 2500, count: 20 };
const cell = { sourceNode: "node1", destinationNode: "node2", segment: "wire", handshake, data } as const;

test.each([
  ["of handshakes, where nothing else was measured", wire(400, null), { ...handshake, isSlow: false }],
  ["twice as slow, but by less than a millisecond", wire(1050, null), { ...handshake, isSlow: false }],
  ["slow", wire(1061, null), { ...handshake, isSlow: true }],
  ["of data before that of handshakes", wire(9000, 2900), { ...data, isSlow: false }],
  ["data that is slow", wire(10, 3001), { ...data, isSlow: true }],
])("%s", (_, segment, expected) => {
  expect(usualLatency(direction, segment, [cell])).toEqual(expected);
});

test("nothing is usual of which too little, or only that of other nodes and segments, was measured", () => {
  const seldom = { ...cell, data: { ...data, count: 19 } };
  const others = [
    { ...cell, segment: "source node" as const },
    { ...cell, sourceNode: "node2", destinationNode: "node1" },
  ];
  expect(usualLatency(direction, wire(1, 2), [seldom])).toBeUndefined();
  expect(usualLatency(direction, wire(1, 2), others)).toBeUndefined();
  const leaving = {
    ...direction,
    hops: [hop("node1"), { ...hop("node2"), role: "uplink", crossing: "out" as const }],
  };
  expect(usualLatency(leaving, wire(1, 2), [cell])).toBeUndefined();
});
