import {
  DecodedPacket,
  ENCAPSULATION_NAMES,
  FrameDecoder,
  LINKTYPE_ETHERNET,
  LINKTYPE_RAW,
  STATUS_COUNTED,
  STATUS_NAMES,
} from "@hopline/packet";
import { decodedRecord } from "../differential/decoded-record.js";
import type { PacketRecord } from "../differential/packet-record.js";
import {
  decodeFrameCase,
  decodeList,
  encodeFrameCase,
  encodeList,
  type FrameCase,
  makeFrameCase,
} from "./frame-case.js";
import { type FuzzTarget, promise } from "./target.js";

/** Bytes on each side of the frame that nobody may look at. */
const GUARD_BYTES = 64;
const INT32_FIELDS_NOT = new Set(["timeUs"]);

/** Frames of a case: what one leaves in the packet must not matter to the next. */
const MOST_FRAMES = 3;
const ETHERNET_BYTES = 14;
/** Above it a frame's claim is not believed, which moves with the header's bytes. */
const LONGEST_WIRE_BYTES = 1_000_000;

const decoder = new FrameDecoder();

/**
 * FrameDecoder: no exception, no read outside the frame, no leftover of the packet before, lengths that fit each other, and the same
 * answer without the Ethernet header, where its way through the layers is another.
 */
export const decoderTarget: FuzzTarget = {
  name: "decoder",
  make: (random) =>
    encodeList(
      Array.from({ length: random.between(1, MOST_FRAMES) }, () => encodeFrameCase(makeFrameCase(random))),
    ),
  check(input) {
    const used = new DecodedPacket();
    let outcome = "no frames";
    for (const each of decodeList(input)) {
      const frameCase = decodeFrameCase(each);
      const exact = decode(frameCase, 0, 0, new DecodedPacket());
      checkSurroundings(frameCase, exact.record);
      same(exact.record, decode(frameCase, 0, 0, used).record, "the packet before changes");
      checkWithoutEthernet(frameCase, exact.record);
      outcome = outcomeOf(exact.status, exact.packet);
    }
    return outcome;
  },
};

function outcomeOf(status: number, packet: DecodedPacket): string {
  const name = STATUS_NAMES[status];
  promise(name !== undefined, `status ${status} has no name`);
  if (status !== STATUS_COUNTED) return `${name}`;
  checkCounted(packet);
  const { protocol, encapsulation, encapsulationDepth } = packet;
  return `protocol ${protocol} in ${encapsulationDepth} ${ENCAPSULATION_NAMES[encapsulation]}`;
}

function checkSurroundings(frameCase: FrameCase, exact: PacketRecord): void {
  const among00 = decode(frameCase, GUARD_BYTES, 0x00, new DecodedPacket());
  const amongFf = decode(frameCase, GUARD_BYTES, 0xff, new DecodedPacket());
  const differing =
    among00.status === amongFf.status ? differingField(among00.packet, amongFf.packet) : "status";
  promise(differing === undefined, `what lies around the frame changes ${differing}`);
  same(exact, among00.record, "where the frame lies in its buffer changes");
}

/** Frames without an Ethernet header never take the short way of the common ones. */
function checkWithoutEthernet({ linkType, frame, wireLength }: FrameCase, exact: PacketRecord): void {
  const etherType = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
  const version = (frame[ETHERNET_BYTES] ?? 0) >> 4;
  const isPlain = (etherType === 0x0800 && version === 4) || (etherType === 0x86dd && version === 6);
  if (linkType !== LINKTYPE_ETHERNET || !isPlain || wireLength > LONGEST_WIRE_BYTES) return;
  const packet = {
    linkType: LINKTYPE_RAW,
    vlanTag: -1,
    wireLength: wireLength - ETHERNET_BYTES,
    frame: frame.subarray(ETHERNET_BYTES),
  };
  const { vlan: _, ...withoutVlan } = exact;
  same(withoutVlan, decode(packet, 0, 0, new DecodedPacket()).record, "the Ethernet header changes");
}

function same(one: PacketRecord, other: PacketRecord, what: string): void {
  for (const name of Object.keys({ ...one, ...other }))
    promise(one[name] === other[name], `${what} ${name} from ${one[name]} to ${other[name]}`);
}

function decode(
  { linkType, vlanTag, wireLength, frame }: FrameCase,
  guard: number,
  filler: number,
  packet: DecodedPacket,
) {
  const bytes = new Uint8Array(frame.length + 2 * guard).fill(filler);
  bytes.set(frame, guard);
  const view = new DataView(bytes.buffer);
  const { timeUs, interfaceIndex, direction } = new DecodedPacket();
  Object.assign(packet, { timeUs, interfaceIndex, direction });
  const status = decoder.decode(packet, view, guard, frame.length, wireLength, linkType, vlanTag);
  return { status, packet, record: decodedRecord(status, packet, view) };
}

/** The first field in which two packets differ. */
function differingField(one: DecodedPacket, other: DecodedPacket): string | undefined {
  const names = Object.keys(one) as (keyof DecodedPacket)[];
  return names.find((name) => !Object.is(one[name], other[name]));
}

function checkCounted(packet: DecodedPacket): void {
  promise(packet.payloadBytes >= 0, `payloadBytes is ${packet.payloadBytes}`);
  promise(
    packet.payloadBytes < packet.bytes,
    `${packet.payloadBytes} bytes of payload in a packet of ${packet.bytes}`,
  );
  promise(packet.end <= packet.wireEnd, "the captured part ends after the packet");
  promise(packet.offset <= packet.wireEnd, "the payload begins after the packet's end");
  promise(packet.sourcePort >= 0 && packet.sourcePort <= 0xffff, `source port ${packet.sourcePort}`);
  promise(
    packet.destinationPort >= 0 && packet.destinationPort <= 0xffff,
    `destination port ${packet.destinationPort}`,
  );
  promise(packet.protocol >= 0 && packet.protocol <= 0xff, `protocol ${packet.protocol}`);
  promise(
    packet.encapsulationDepth >= 0 && packet.encapsulationDepth <= 2,
    `${packet.encapsulationDepth} tunnels`,
  );
  promise(packet.vlan >= 0 && packet.vlan <= 0xfff, `VLAN ${packet.vlan}`);
  for (const [name, value] of Object.entries(packet))
    promise(value === (value | 0) || INT32_FIELDS_NOT.has(name), `${name} is ${value}, no 32-bit integer`);
}
