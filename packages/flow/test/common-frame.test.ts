import { DecodedPacket, FrameDecoder, LINKTYPE_ETHERNET, STATUS_COUNTED } from "@hopline/packet";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import {
  type Bytes,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  tag,
  tcp,
  udp,
  vxlan,
  zeros,
} from "../../packet/test/frame-builders.js";
import { PacketRecords } from "../src/packet-record.js";
import { type Assembly, compileAssembly, room } from "./assembly.js";

/** assembly/common-frame.ts; a packet is its address. */
interface CommonFrame extends Assembly {
  decodeCommon(packet: number, at: number, capturedEnd: number, wireEnd: number, vlanTag: number): number;
  readonly encapsulationsByPort: { readonly value: number };
}

const PACKET_BYTES = 256;
const FRAME_ROOM = 1024;

const decoder = new FrameDecoder();
let assembly: CommonFrame;
/** Addresses of a packet and of a frame. */
let packet: number;
let frameAt: number;

beforeAll(async () => {
  assembly = (await compileAssembly<CommonFrame>("common-frame.ts"))();
  packet = room(assembly, 2 * PACKET_BYTES + FRAME_ROOM);
  frameAt = packet + 2 * PACKET_BYTES;
  const ports = new Uint8Array(assembly.memory.buffer, assembly.encapsulationsByPort.value, 0x10000);
  ports.set(decoder.encapsulationsByPort);
});

/** Decodes a frame behind and before which every byte is `around`. @returns whether it is common */
function isDecoded(bytes: Uint8Array, wireBytes: number, vlanTag: number, around: number): boolean {
  const memory = new Uint8Array(assembly.memory.buffer);
  memory.fill(around, packet, frameAt + FRAME_ROOM);
  const at = frameAt + FRAME_ROOM / 2;
  memory.set(bytes, at);
  return assembly.decodeCommon(packet, at, at + bytes.length, at + wireBytes, vlanTag) !== 0;
}

/**
 * The words of a record that are decoded and mean something: the key, what the source of frames sets and what is rare are left out, as are
 * outer addresses where there are none, and what is TCP's of other protocols.
 */
function meaningfulWords(address: number): number[] {
  const words = [...new Int32Array(assembly.memory.buffer, address, 39)];
  const [protocol, options, depth] = [words[15], words[22] ?? 0, words[29]];
  const isTcp = protocol === 6;
  return words.filter((_, word) => {
    if (word >= 8 && word <= 13) return false;
    if (word >= 19 && word <= 26 && !isTcp) return false;
    if ((word === 25 || word === 26) && (options & 16) === 0) return false;
    return word < 31 || depth !== 0;
  });
}

const TIMESTAMPS: Bytes = [1, 1, 8, 10, 1, 2, 3, 4, 0xff, 6, 7, 8];
const SEGMENT = tcp({ options: TIMESTAMPS, flags: 0x18 }, zeros(9));

function over4(protocol: number, payload: Bytes): Bytes {
  return ethernet(0x0800, ipv4({ protocol }, payload));
}

const PORT = { destinationPort: 9_000 };

const COMMON: readonly Bytes[] = [
  over4(6, SEGMENT),
  over4(6, tcp({}, zeros(5))),
  over4(6, tcp({ options: [2, 4, 5, 0xb4, 4, 2, 1, 1, 3, 3, 7, 0] })),
  over4(17, udp(PORT, zeros(5))),
  [...over4(17, udp(PORT, zeros(3))), ...zeros(15)],
  ethernet(0x8100, tag(0x2064, 0x0800, ipv4({ protocol: 6 }, SEGMENT))),
  ethernet(0x86dd, ipv6({ nextHeader: 6 }, SEGMENT)),
  ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp(PORT, zeros(5)))),
  over4(17, udp({ destinationPort: 4789 }, vxlan(7, over4(6, SEGMENT)))),
  over4(17, udp({ destinationPort: 8472 }, vxlan(7, ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp(PORT)))))),
  ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp({ destinationPort: 4789 }, vxlan(7, over4(17, udp(PORT)))))),
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

it("gives what decoding layer by layer gives, and reads nothing outside the frame", () => {
  let common = 0;
  fc.assert(
    fc.property(damaged, ({ frame, changes, lost, beyond, vlanTag }) => {
      const bytes = Uint8Array.from(frame.slice(0, Math.max(frame.length - lost, 0)));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const wireBytes = bytes.length + lost + beyond;
      const isCommon = isDecoded(bytes, wireBytes, vlanTag, 0);
      const words = isCommon ? meaningfulWords(packet) : [];
      expect(isDecoded(bytes, wireBytes, vlanTag, 0xff)).toBe(isCommon);
      if (!isCommon) return;
      expect(meaningfulWords(packet)).toEqual(words);
      common++;

      const layered = new DecodedPacket();
      const view = new DataView(bytes.buffer);
      const status = decoder.decode(layered, view, 0, bytes.length, wireBytes, LINKTYPE_ETHERNET, vlanTag);
      expect(status).toBe(STATUS_COUNTED);
      new PacketRecords(assembly.memory.buffer).write(packet + PACKET_BYTES, layered);
      expect(words).toEqual(meaningfulWords(packet + PACKET_BYTES));
    }),
    { numRuns: 20_000 },
  );
  expect(common).toBeGreaterThan(5_000);
});

function isCommon(frame: Bytes): boolean {
  return isDecoded(Uint8Array.from(frame), frame.length, -1, 0);
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
  ["DNS", over4(17, udp({ destinationPort: 53 }, zeros(20)))],
  ["DNS over TCP", over4(6, tcp({ sourcePort: 53 }, zeros(20)))],
  ["a super-frame's length", ethernet(0x0800, ipv4({ protocol: 6, totalLength: 0 }, SEGMENT))],
])("leaves %s to the layers", (_, frame) => {
  expect(isCommon(frame)).toBe(false);
});
