import {
  LINKTYPE_ETHERNET,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NFLOG,
  LINKTYPE_RAW,
} from "@hopline/packet";
import { corpus } from "../corpus/corpus.js";
import { ipv4, ipv6 } from "../corpus/ip.js";
import { data, type Frame, join, type Network, onTopOf, u16, u32 } from "../corpus/layer.js";
import { ethernet } from "../corpus/link-layers.js";
import type { SeededRandom } from "../corpus/seeded-random.js";
import { udp } from "../corpus/transports.js";
import { geneve, gre, nvgre, vxlan, vxlanGpe } from "../corpus/tunnels.js";
import { mutate } from "./mutation.js";

/** A frame as a decoder is given it. */
export interface FrameCase {
  readonly linkType: number;
  /** Tag control information that the kernel took off, or -1. */
  readonly vlanTag: number;
  readonly wireLength: number;
  readonly frame: Uint8Array;
}

const HEADER_BYTES = 12;
const UNKNOWN_LINK_TYPE = 147;
const LINK_TYPES = [
  LINKTYPE_ETHERNET,
  LINKTYPE_RAW,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_NFLOG,
  UNKNOWN_LINK_TYPE,
];
const ETHERTYPE_ETHERNET = 0x6558;

let pool: readonly (readonly Frame[])[] | undefined;

/** All frames of the corpus by capture, made when first needed. */
export function framesByCapture(): readonly (readonly Frame[])[] {
  pool ??= corpus().map(({ frames }) => frames.map(({ frame }) => frame));
  return pool;
}

export function makeFrameCase(random: SeededRandom): FrameCase {
  const captures = framesByCapture();
  // By capture first, or what few captures have many frames of would be nearly all.
  let frame = random.pick(random.pick(captures));
  for (let depth = random.pick([0, 0, 0, 1, 1, 2, 3]); depth > 0; depth--) frame = wrapped(frame, random);
  let bytes = random.once(20) ? frame.bytes.slice() : mutate(frame, random.pick(captures), random);
  // What is damaged within, but sound without, gets deeper.
  if (random.once(6)) {
    frame = wrapped({ ...frame, bytes }, random);
    bytes = frame.bytes;
  }
  return caseOf(bytes, random.once(20) ? random.pick(LINK_TYPES) : frame.linkType, random);
}

/** A frame of a capture, mostly as it is. */
export function makeCaseOf(frame: Frame, random: SeededRandom): FrameCase {
  const bytes = random.once(8) ? mutate(frame, [frame], random) : frame.bytes;
  return { linkType: frame.linkType, vlanTag: -1, wireLength: bytes.length, frame: bytes };
}

function caseOf(frame: Uint8Array, linkType: number, random: SeededRandom): FrameCase {
  const vlanTag = random.once(4) ? random.below(65_536) : -1;
  return { linkType, vlanTag, wireLength: wireLength(frame.length, random), frame };
}

function wireLength(captured: number, random: SeededRandom): number {
  if (random.once(2)) return captured;
  return random.once(10) ? random.word() : captured + random.below(2_000);
}

/** The frame within a tunnel of some kind. */
function wrapped(frame: Frame, random: SeededRandom): Frame {
  const inner = frame.linkType === LINKTYPE_ETHERNET ? frame : ethernet({}, asPayload(frame));
  const tunnels = [
    () =>
      udp({ destinationPort: random.pick([4789, 8472, 6784]) }, vxlan({ vni: random.below(2 ** 24) }, inner)),
    () => udp({ destinationPort: 4790 }, vxlanGpe({ nextProtocol: random.pick([1, 2, 3, 4]) }, inner)),
    () => udp({ destinationPort: 6081 }, geneve({ options: random.once(2) ? [] : [0, 1, 2, 0] }, inner)),
    () => gre({ checksum: random.once(2), key: random.word(), sequence: random.word() }, inner),
    () => gre({}, asPayload(inner)),
    () => nvgre({ subnetId: 7 }, inner),
    () => asPacket(inner),
  ];
  const transport = random.pick(tunnels)();
  const packet = random.once(3) ? ipv6({}, transport) : ipv4({}, transport);
  return ethernet({}, packet);
}

function asPayload(frame: Frame) {
  return { ...frame, etherType: ETHERTYPE_ETHERNET };
}

/** The frame without its Ethernet header, as IP within IP. */
function asPacket(frame: Frame): Network {
  const bytes = frame.bytes.subarray(14);
  const isIpv6 = (bytes[0] ?? 0) >> 4 === 6;
  const inner = onTopOf("ip", [], {}, data(bytes));
  return { ...inner, etherType: isIpv6 ? 0x86dd : 0x0800, protocol: isIpv6 ? 41 : 4 };
}

export function encodeFrameCase({ linkType, vlanTag, wireLength, frame }: FrameCase): Uint8Array {
  return join(u32(linkType), u32(vlanTag), u32(wireLength), frame);
}

export function decodeFrameCase(input: Uint8Array): FrameCase {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  return {
    linkType: view.getInt32(0, false),
    vlanTag: view.getInt32(4, false),
    wireLength: view.getUint32(8, false),
    frame: input.subarray(HEADER_BYTES),
  };
}

/** Cases one after another, each after its length. */
export function encodeList(cases: readonly Uint8Array[]): Uint8Array {
  return join(...cases.flatMap((each) => [u16(each.length), each]));
}

export function decodeList(input: Uint8Array): Uint8Array[] {
  const cases: Uint8Array[] = [];
  for (let at = 0; at + 2 <= input.length; ) {
    const length = ((input[at] ?? 0) << 8) | (input[at + 1] ?? 0);
    cases.push(input.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return cases;
}
