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
