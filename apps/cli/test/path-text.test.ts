import { expect, test } from "vitest";
import { pathText } from "../src/trace/path-text.js";
import { BROKEN_PATH } from "./trace-path.js";

test("a path from top to bottom in 80 columns, its broken place in words", () => {
  const text = pathText(BROKEN_PATH);
  expect(text).toBe(`tcp shop/web-5d8f-1:41000 to data/db-0:5432, by service data/postgres,
translated by dnat: unanswered
Packets from shop/web-5d8f-1 to data/db-0 pass eth0 on node1 (1204 packets) and
never reach the uplink on node2: they are lost on the wire from node1 to node2.

To the server
  node1  pod     in   veth1  1204 pkt  1.20 MB
  |  source node       +120 µs  loss 0.96 % (0.81 to 1.10)
  node1  uplink  out  eth0   1204 pkt  1.20 MB  5.00 kB again  vxlan 1
  X  BROKEN HERE
  |  wire              +120 µs  loss unknown: the capture had no room for some
  |                    frames
  node2  uplink  in   -      SILENT: nothing came here
  node2  pod     out  -      not reached
`);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("beside what a segment costs, what it usually does, and that it is slow", () => {
  const cell = (segment: "source node" | "wire", p50: number) => ({
    ...{ segment, sourceNode: "node1", destinationNode: "node2", data: null },
    handshake: { p50, p95: p50 * 1.5, p99: p50 * 2, count: 400 },
  });
  const [source, wire] = BROKEN_PATH.forward.segments;
  const slow = { ...wire!, latency: { handshakeUs: 52_300, dataUs: null } };
  const path = {
    ...BROKEN_PATH,
    forward: { ...BROKEN_PATH.forward, segments: [source!, slow] },
  };
  expect(pathText(path, [cell("source node", 100), cell("wire", 60)])).toContain(`
  node1  pod     in   veth1  1204 pkt  1.20 MB
  |  source node       +120 µs  loss 0.96 % (0.81 to 1.10)
  |                    usually p50 +100 µs, p95 +150 µs, p99 +200 µs
  node1  uplink  out  eth0   1204 pkt  1.20 MB  5.00 kB again  vxlan 1
  X  BROKEN HERE
  |  wire              +52.3 ms  loss unknown: the capture had no room for some
  |                    frames
  |                    SLOW: usually p50 +60 µs, p95 +90 µs, p99 +120 µs
`);
});

test("what was told of packets that were too large is said, though nothing is missing", () => {
  const icmpError = { source: "10.244.1.1", type: 3, code: 4, mtu: 1300 };
  const connection = { ...BROKEN_PATH.connection, outcome: "delivered" as const, icmpError };
  expect(pathText({ ...BROKEN_PATH, connection, broken: null })).toContain(`
Nothing is missing on the way; of some packets 10.244.1.1 says: fragmentation
needed, next-hop MTU 1300.
`);
});
