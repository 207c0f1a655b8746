import fc from "fast-check";
import { expect, it } from "vitest";
import { DecodedPacket } from "../src/decoded-packet.js";
import { FrameDecoder } from "../src/frame-decoder.js";
import { STATUS_COUNTED, STATUS_FRAGMENT, STATUS_NAMES } from "../src/status.js";
import { type Bytes, ethernet, icmp, ipv4, ipv6, tag, tcp, udp, vxlan, zeros } from "./frame-builders.js";
import { meaningfulFields } from "./meaningful-fields.js";

const LINK_TYPES = [1, 101, 113, 228, 229, 239, 276, 147];
const decoder = new FrameDecoder();

const SYN_OPTIONS: Bytes = [2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7];
const SEGMENT = ipv4({ protocol: 6 }, tcp({ options: [1, 1, 8, 10, ...zeros(8)] }, zeros(9)));
const ESP = ipv4({ protocol: 50 }, [1, 2, 3, 4, ...zeros(30)]);

function datagram(destinationPort: number, payload: Bytes): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort }, payload)));
}

/** Sound frames of every protocol, to be damaged: pure noise seldom comes past the EtherType. */
const SOUND_FRAMES: readonly Bytes[] = [
  ethernet(0x0800, ipv4({ protocol: 6, options: zeros(4) }, tcp({ options: SYN_OPTIONS }, zeros(30)))),
  ethernet(0x0800, SEGMENT),
  ethernet(
    0x8100,
    tag(
      5,
      0x86dd,
      ipv6({ nextHeader: 0 }, [44, 0, ...zeros(6), 17, 0, 0, 1, 0, 0, 0, 9, ...udp({}, zeros(9))]),
    ),
  ),
  ethernet(0x86dd, ipv6({ nextHeader: 44 }, [6, 0, 0, 0x39, 0, 0, 0, 9, ...zeros(40)])),
  ethernet(0x0800, ipv4({ protocol: 17, fragment: 0x2000 }, udp({ length: 900 }, zeros(40)))),
  ethernet(0x0800, ipv4({ protocol: 17, fragment: 0x0020 }, zeros(40))),
  ethernet(0x0800, ipv4({ protocol: 1 }, icmp(8, 0, 1, zeros(20)))),
  ethernet(0x0800, ipv4({ protocol: 1 }, icmp(3, 4, 0, SEGMENT))),
  ethernet(0x86dd, ipv6({ nextHeader: 58 }, icmp(128, 0, 1, zeros(20)))),
  ethernet(
    0x86dd,
    ipv6({ nextHeader: 58 }, icmp(2, 0, 0, ipv6({ nextHeader: 60 }, [17, 0, ...zeros(6), ...udp()]))),
  ),
  datagram(4789, vxlan(1, ethernet(0x86dd, ipv6({ nextHeader: 6 }, tcp())))),
  datagram(4790, [12, 0, 0, 1, 0, 0, 9, 0, ...SEGMENT]),
  datagram(6081, [1, 0, 0x65, 0x58, 0, 0, 9, 0, ...zeros(4), ...ethernet(0x0800, SEGMENT)]),
  datagram(8472, vxlan(2, ethernet(0x0800, ipv4({ protocol: 4 }, ESP)))),
  ethernet(0x0800, ipv4({ protocol: 47 }, [0xb0, 0, 8, 0, ...zeros(12), ...SEGMENT])),
  ethernet(0x0800, ipv4({ protocol: 47 }, [0x20, 0, 0x65, 0x58, ...zeros(4), ...ethernet(0x0800, SEGMENT)])),
  ethernet(
    0x0800,
    ipv4({ protocol: 4 }, ipv4({ protocol: 41 }, ipv6({ nextHeader: 17 }, udp({}, zeros(5))))),
  ),
  datagram(51820, [4, ...zeros(63)]),
  datagram(6783, zeros(40)),
  ethernet(0x0800, ESP),
  ethernet(
    0x0800,
    ipv4({ protocol: 132 }, [...zeros(12), 0, 0, 0, 19, ...zeros(16), 64, 0, 0, 24, ...zeros(20)]),
  ),
  [2, 0, 0, 0, 5, 0, 10, 0, ...zeros(4), SEGMENT.length + 4, 0, 9, 0, ...SEGMENT],
];

const damaged = fc
  .tuple(
    fc.constantFrom(...SOUND_FRAMES),
    fc.array(fc.tuple(fc.nat(130), fc.nat(255)), { maxLength: 6 }),
    fc.nat(140),
    fc.nat(3),
  )
  .map(([frame, changes, cut, cutSeldom]) => {
    const bytes = Uint8Array.from(frame);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return cutSeldom === 0 ? bytes.slice(0, cut) : bytes;
  });
const anyFrame = fc.record({
  bytes: fc.oneof({ weight: 4, arbitrary: damaged }, fc.uint8Array({ maxLength: 200 })),
  linkType: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.constantFrom(...LINK_TYPES)),
  vlanTag: fc.integer({ min: -1, max: 0xffff }),
  beyond: fc.oneof({ weight: 4, arbitrary: fc.nat(60) }, fc.nat(0xffffffff)),
});

interface AnyFrame {
  bytes: Uint8Array;
  linkType: number;
  vlanTag: number;
  beyond: number;
}

it("never throws, never reads outside the frame, and says of each frame what became of it", () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const packet = decodeInto(new DecodedPacket(), frame);
      reasons.add(packet.reason);
      // The same frame between others' bytes decodes the same: nothing outside it was looked at.
      expect(decodeInto(new DecodedPacket(), frame, 0xff)).toEqual(packet);
      if (packet.reason !== "counted" && packet.reason !== "fragment") return;
      const { payloadBytes = -1, bytes = -1, offset = -1, wireEnd = -1 } = packet.fields;
      expect(payloadBytes).toBeGreaterThanOrEqual(0);
      expect(payloadBytes).toBeLessThan(bytes);
      expect(offset).toBeLessThanOrEqual(wireEnd);
      for (const value of Object.values(packet.fields)) expect(value).toBe(value | 0);
    }),
    { numRuns: 20_000 },
  );
  // The damage reaches nearly every branch.
  expect(reasons.size).toBeGreaterThan(18);
});

it("shows nothing of an earlier frame", () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { minLength: 2, maxLength: 4 }), (frames) => {
      const used = new DecodedPacket();
      for (const frame of frames) {
        // A Linux cooked header fills it in only where the source does not know it.
        used.direction = 2;
        expect(decodeInto(used, frame)).toEqual(decodeInto(new DecodedPacket(), frame));
      }
    }),
    { numRuns: 5_000 },
  );
});

/** Decodes the frame with `filler` on both sides of it; without filler, in a buffer of exactly its size. */
function decodeInto(packet: DecodedPacket, { bytes, linkType, vlanTag, beyond }: AnyFrame, filler?: number) {
  const margin = filler === undefined ? 0 : 64;
  const buffer = new Uint8Array(bytes.length + 2 * margin).fill(filler ?? 0);
  buffer.set(bytes, margin);
  const wireLength = Math.min(bytes.length + beyond, 0xffffffff);
  const view = new DataView(buffer.buffer);
  const status = decoder.decode(packet, view, margin, bytes.length, wireLength, linkType, vlanTag);
  const reason = STATUS_NAMES[status] ?? `status ${status}`;
  // Of a frame that belongs to no flow, only the reason counts.
  const isPacket = status === STATUS_COUNTED || status === STATUS_FRAGMENT;
  return { reason, fields: isPacket ? meaningfulFields(packet, margin) : {} };
}
