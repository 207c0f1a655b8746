import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeCommon } from "../src/common-frame.js";
import { DecodedPacket } from "../src/decoded-packet.js";
import { encapsulationsByPort } from "../src/encapsulation-ports.js";
import { LayerDecoder } from "../src/layer-decoder.js";
import { STATUS_COUNTED, STATUS_PLAIN } from "../src/status.js";
import { type Bytes, ethernet, icmp, ipv4, ipv6, tag, tcp, udp, vxlan, zeros } from "./frame-builders.js";
import { meaningfulFields } from "./meaningful-fields.js";

const PORTS = encapsulationsByPort({});
const layers = new LayerDecoder(PORTS);

const TIMESTAMPS: Bytes = [1, 1, 8, 10, 1, 2, 3, 4, 0xff, 6, 7, 8];
const SEGMENT = tcp({ options: TIMESTAMPS, flags: 0x18 }, zeros(9));

function over4(protocol: number, payload: Bytes): Bytes {
  return ethernet(0x0800, ipv4({ protocol }, payload));
}

const COMMON: readonly Bytes[] = [
  over4(6, SEGMENT),
  over4(6, tcp({}, zeros(5))),
  over4(6, tcp({ options: [2, 4, 5, 0xb4, 4, 2, 1, 1, 3, 3, 7, 0] })),
  over4(17, udp({}, zeros(5))),
  [...over4(17, udp({}, zeros(3))), ...zeros(15)],
  ethernet(0x8100, tag(0x2064, 0x0800, ipv4({ protocol: 6 }, SEGMENT))),
  ethernet(0x86dd, ipv6({ nextHeader: 6 }, SEGMENT)),
  ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp({}, zeros(5)))),
  over4(17, udp({ destinationPort: 4789 }, vxlan(7, over4(6, SEGMENT)))),
  over4(17, udp({ destinationPort: 8472 }, vxlan(7, ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp()))))),
  ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp({ destinationPort: 4789 }, vxlan(7, over4(17, udp()))))),
];

const damaged = fc.record({
  frame: fc.constantFrom(...COMMON),
  changes: fc.array(
    fc.tuple(fc.nat(130), fc.oneof(fc.nat(255), fc.constantFrom(0, 6, 17, 0x45, 0x81, 0x86))),
    {
      maxLength: 2,
    },
  ),
  lost: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(60)),
  beyond: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3000)),
  vlanTag: fc.oneof(fc.constant(-1), fc.nat(0xffff)),
});

it("gives what decoding layer by layer gives", () => {
  let common = 0;
  fc.assert(
    fc.property(damaged, ({ frame, changes, lost, beyond, vlanTag }) => {
      const bytes = Uint8Array.from(frame.slice(0, Math.max(frame.length - lost, 0)));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const view = new DataView(bytes.buffer);
      const wireEnd = bytes.length + lost + beyond;
      const packet = new DecodedPacket();
      if (decodeCommon(packet, view, 0, bytes.length, wireEnd, vlanTag, PORTS) !== STATUS_COUNTED) return;
      common++;
      const expected = new DecodedPacket();
      expect(layers.decode(expected, view, 0, bytes.length, wireEnd, 1, vlanTag)).toBe(STATUS_COUNTED);
      expect(meaningfulFields(packet, 0)).toEqual(meaningfulFields(expected, 0));
    }),
    { numRuns: 20_000 },
  );
  expect(common).toBeGreaterThan(5_000);
});

function isCommon(frame: Bytes): boolean {
  const view = new DataView(Uint8Array.from(frame).buffer);
  const status = decodeCommon(new DecodedPacket(), view, 0, frame.length, frame.length, -1, PORTS);
  expect([STATUS_COUNTED, STATUS_PLAIN]).toContain(status);
  return status === STATUS_COUNTED;
}

it("takes what is common, so that it is fast", () => {
  expect(COMMON.map(isCommon)).toEqual(COMMON.map(() => true));
});

it.each<[string, Bytes]>([
  ["two tags", ethernet(0x8100, tag(1, 0x8100, tag(2, 0x0800, ipv4({ protocol: 6 }, SEGMENT))))],
  ["IPv4 options", ethernet(0x0800, ipv4({ protocol: 6, options: zeros(4) }, SEGMENT))],
  ["a first fragment", ethernet(0x0800, ipv4({ protocol: 6, fragment: 0x2000 }, SEGMENT))],
  ["a later fragment", ethernet(0x0800, ipv4({ protocol: 6, fragment: 1 }, SEGMENT))],
  ["an extension header", ethernet(0x86dd, ipv6({ nextHeader: 60 }, [6, 0, ...zeros(6), ...SEGMENT]))],
  ["ICMP", over4(1, icmp(8, 0, 1))],
  [
    "VXLAN in VXLAN",
    COMMON.slice(8, 9).flatMap((frame) => over4(17, udp({ destinationPort: 4789 }, vxlan(1, frame)))),
  ],
  ["another tunnel", over4(17, udp({ destinationPort: 6081 }, zeros(40)))],
  ["a datagram without a VNI", over4(17, udp({ destinationPort: 4789 }, vxlan(7, over4(6, SEGMENT), 0)))],
  ["a super-frame's length", ethernet(0x0800, ipv4({ protocol: 6, totalLength: 0 }, SEGMENT))],
])("leaves %s to the layers", (_, frame) => {
  expect(isCommon(frame)).toBe(false);
});
