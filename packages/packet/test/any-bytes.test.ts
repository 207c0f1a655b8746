import fc from "fast-check";
import { expect, it } from "vitest";
import { DecodedPacket } from "../src/decoded-packet.js";
import { FrameDecoder } from "../src/frame-decoder.js";
import { STATUS_COUNTED, STATUS_NAMES } from "../src/status.js";
import { type Bytes, ethernet, icmp, ipv4, ipv6, tag, tcp, udp, vxlan, zeros } from "./frame-builders.js";

const LINK_TYPES = [1, 101, 113, 228, 229, 276, 147];
const decoder = new FrameDecoder();

/** Sound frames of every protocol, to be damaged: pure noise seldom comes past the EtherType. */
const SOUND_FRAMES: readonly Bytes[] = [
  ethernet(0x0800, ipv4({ protocol: 6, options: zeros(4) }, tcp({ options: zeros(12) }, zeros(30)))),
  ethernet(
    0x8100,
    tag(5, 0x86dd, ipv6({ nextHeader: 0 }, [44, 0, ...zeros(6), 17, ...zeros(7), ...udp({}, zeros(9))])),
  ),
  ethernet(0x0800, ipv4({ protocol: 1 }, icmp(8, 0, 1, zeros(20)))),
  ethernet(0x86dd, ipv6({ nextHeader: 58 }, icmp(128, 0, 1, zeros(20)))),
  ethernet(
    0x0800,
    ipv4(
      { protocol: 17 },
      udp({ destinationPort: 4789 }, vxlan(1, ethernet(0x86dd, ipv6({ nextHeader: 6 }, tcp({}))))),
    ),
  ),
  ethernet(0x0800, ipv4({ protocol: 132 }, zeros(28))),
];

const damaged = fc
  .tuple(
    fc.constantFrom(...SOUND_FRAMES),
    fc.array(fc.tuple(fc.nat(110), fc.nat(255)), { maxLength: 6 }),
    fc.nat(120),
    fc.nat(3),
  )
  .map(([frame, changes, cut, cutSeldom]) => {
    const bytes = Uint8Array.from(frame);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return cutSeldom === 0 ? bytes.slice(0, cut) : bytes;
  });
const noise = fc.uint8Array({ maxLength: 200 });

it("never throws, never reads outside the frame, and says of each frame what became of it", () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(
      fc.oneof({ weight: 4, arbitrary: damaged }, noise),
      fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.constantFrom(...LINK_TYPES)),
      fc.integer({ min: -1, max: 0xffff }),
      fc.oneof({ weight: 4, arbitrary: fc.nat(60) }, fc.nat(0xffffffff)),
      (bytes, linkType, vlanTag, beyond) => {
        const wireLength = Math.min(bytes.length + beyond, 0xffffffff);
        const packet = decodeAt(bytes, 0, linkType, wireLength, vlanTag);
        reasons.add(packet.reason);
        // The same frame between others' bytes decodes the same: nothing outside it was looked at.
        expect(decodeAt(bytes, 0xff, linkType, wireLength, vlanTag)).toEqual(packet);
        if (packet.reason !== "counted") return;
        expect(packet.fields.payloadBytes).toBeGreaterThanOrEqual(0);
        expect(packet.fields.payloadBytes).toBeLessThan(packet.fields.bytes);
        expect(packet.fields.offset).toBeLessThanOrEqual(packet.fields.wireEnd);
        for (const value of Object.values(packet.fields))
          expect(Number.isNaN(value) || value === (value | 0)).toBe(true);
      },
    ),
    { numRuns: 20_000 },
  );
  // The damage reaches nearly every branch.
  expect(reasons.size).toBeGreaterThan(15);
});

/** Decodes the frame with `filler` on both sides of it; without filler, in a buffer of exactly its size. */
function decodeAt(bytes: Uint8Array, filler: number, linkType: number, wireLength: number, vlanTag: number) {
  const margin = filler === 0 ? 0 : 64;
  const buffer = new Uint8Array(bytes.length + 2 * margin).fill(filler);
  buffer.set(bytes, margin);
  const packet = new DecodedPacket();
  const view = new DataView(buffer.buffer);
  const status = decoder.decode(packet, view, margin, bytes.length, wireLength, linkType, vlanTag);
  const fields = {
    ...packet,
    offset: packet.offset - margin,
    end: packet.end - margin,
    wireEnd: packet.wireEnd - margin,
  };
  return {
    reason: STATUS_NAMES[status],
    fields: status === STATUS_COUNTED ? fields : { ...packet, ...EMPTY },
  };
}

/** Of a frame that is not counted, only the reason counts. */
const EMPTY = Object.fromEntries(Object.keys(new DecodedPacket()).map((name) => [name, 0])) as Record<
  keyof DecodedPacket,
  number
>;
