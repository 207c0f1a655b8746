import { expect, it } from "vitest";
import { DecodedPacket } from "../src/decoded-packet.js";
import { DnsMessage, decodeDns } from "../src/dns.js";
import { FrameDecoder } from "../src/frame-decoder.js";
import {
  type Bytes,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  tag,
  tcp,
  u16,
  udp,
  vxlan,
  zeros,
} from "./frame-builders.js";

const QUESTION: Bytes = [...u16(7), 1, 0, 0, 1, ...zeros(6), 3, 65, 66, 255, 0, 0, 1, 0, 1];
/** Numbers with the upper bit set, which would not fit where only small integers are stored as they are. */
const SEGMENT = ipv4(
  { protocol: 6, source: [250, 1, 2, 3] },
  tcp({ sequence: 0xfffffff0, options: [1, 1, 8, 10, 0xff, 0xff, 0xff, 0xff, 0x80, 0, 0, 0] }, zeros(9)),
);
const FRAMES: readonly Bytes[] = [
  ethernet(0x0800, SEGMENT),
  ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ options: [2, 4, 5, 0xb4, 4, 2, 1, 1, 3, 3, 7, 0] }))),
  ethernet(0x8100, tag(5, 0x86dd, ipv6({ nextHeader: 60 }, [17, 0, ...zeros(6), ...udp({}, zeros(9))]))),
  ethernet(0x86dd, ipv6({ nextHeader: 44 }, [17, 0, 0, 9, 0xff, 0, 0, 9, ...zeros(8)])),
  ethernet(
    0x0800,
    ipv4({ protocol: 17 }, udp({ destinationPort: 4789 }, vxlan(0xffffff, ethernet(0x0800, SEGMENT)))),
  ),
  ethernet(0x0800, ipv4({ protocol: 47 }, [0x20, 0, 8, 0, 0xff, 0xff, 0xff, 0, ...SEGMENT])),
  ethernet(0x0800, ipv4({ protocol: 1 }, icmp(3, 4, 0, SEGMENT))),
  ethernet(0x0800, ipv4({ protocol: 132 }, [...zeros(12), 0, 0, 0, 19, ...zeros(16)])),
  ethernet(0x0800, ipv4({ protocol: 17 }, udp({}, QUESTION))),
];

it("allocates nothing, however many frames it decodes", () => {
  const frames = FRAMES.map((frame) => new DataView(Uint8Array.from(frame).buffer));
  const decoder = new FrameDecoder();
  const packet = new DecodedPacket();
  const message = new DnsMessage();
  const decodeAll = (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      for (const view of frames) {
        decoder.decode(packet, view, 0, view.byteLength, view.byteLength, 1, -1);
        if (packet.destinationPort === 53) decodeDns(view, packet.offset, packet.end, message);
      }
    }
  };
  // Until all of it is compiled.
  decodeAll(100_000);
  const before = process.memoryUsage().heapUsed;
  decodeAll(100_000);
  const grown = process.memoryUsage().heapUsed - before;
  // About 15 kB of the runtime's own; one number on the heap for one frame in nine would take 1.6 MB.
  expect(grown).toBeLessThan(500_000);
});
