/**
 * Counts a capture of flowgen's by the simplest means, to hold the benchmark's own answer against: packets, layer-3 bytes of the
 * inner packets, and connections by text. `node naive-count.mjs FILE`, one line of JSON.
 */
import { createReadStream } from "node:fs";

const VXLAN_PORT = 4789;
const connections = new Set();
const totals = { packets: 0, bytes: 0 };

function count(frame, wireLength) {
  let at = 12;
  while (frame.readUInt16BE(at) === 0x8100) at += 4;
  const isIpv6 = frame.readUInt16BE(at) === 0x86dd;
  at += 2;
  const protocol = frame[at + (isIpv6 ? 6 : 9)];
  const addresses = isIpv6 ? [at + 8, at + 24, 16] : [at + 12, at + 16, 4];
  const l4 = at + (isIpv6 ? 40 : 20);
  const ports = [frame.readUInt16BE(l4), frame.readUInt16BE(l4 + 2)];
  if (protocol === 17 && ports[1] === VXLAN_PORT) return count(frame.subarray(l4 + 16), wireLength - l4 - 16);
  if (protocol === 1 || protocol === 58) ports.fill(frame.readUInt16BE(l4 + 4));
  const ends = [0, 1].map((end) => {
    const address = frame.subarray(addresses[end], addresses[end] + addresses[2]);
    return `${address.toString("hex")}:${ports[end]}`;
  });
  connections.add(`${protocol} ${ends.sort().join(" ")}`);
  totals.packets++;
  totals.bytes += isIpv6 ? 40 + frame.readUInt16BE(at + 4) : frame.readUInt16BE(at + 2);
}

let kept = Buffer.alloc(0);
let isFirst = true;
for await (const chunk of createReadStream(process.argv[2], { highWaterMark: 1 << 20 })) {
  const bytes = Buffer.concat([kept, chunk]);
  let at = isFirst ? 24 : 0;
  isFirst = false;
  while (at + 16 <= bytes.length) {
    const captured = bytes.readUInt32LE(at + 8);
    if (at + 16 + captured > bytes.length) break;
    count(bytes.subarray(at + 16, at + 16 + captured), bytes.readUInt32LE(at + 12));
    at += 16 + captured;
  }
  kept = bytes.subarray(at);
}
console.log(JSON.stringify({ ...totals, connections: connections.size }));
