import {
  LINKTYPE_ETHERNET,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NFLOG,
  LINKTYPE_RAW,
} from "@hopline/packet";
import { data, type Frame, join, type LinkPayload, type Network, onTopOf, u16, u32 } from "./layer.js";

const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_LLDP = 0x88cc;
const CLIENT_MAC = [2, 0, 0, 0, 0, 1];
const SERVER_MAC = [2, 0, 0, 0, 0, 2];
const ARPHRD_ETHER = 1;

export interface EthernetFields {
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  /** The least length of the frame, filled up with `padding`. Default 0; on a wire it is 60. */
  readonly padTo?: number;
  /** The byte that pads. Default 0. */
  readonly padding?: number;
}

/** IEEE 802.3 clause 3; without frame check sequence, as captures are. */
export function ethernet(fields: EthernetFields, payload: LinkPayload): Frame {
  const { source = CLIENT_MAC, destination = SERVER_MAC, padTo = 0, padding = 0 } = fields;
  const header = [...destination, ...source, ...u16(payload.etherType)];
  const frame = onTopOf("ethernet", header, { etherType: [12, 2] }, payload);
  const missing = Math.max(0, padTo - frame.bytes.length);
  return {
    ...frame,
    bytes: join(frame.bytes, new Uint8Array(missing).fill(padding)),
    linkType: LINKTYPE_ETHERNET,
  };
}

export interface VlanFields {
  readonly id: number;
  readonly priority?: number;
  /** Tag protocol id. Default 0x8100 (802.1Q); 0x88a8 is 802.1ad's, 0x9100 its forerunner's. */
  readonly protocolId?: number;
}

/** IEEE 802.1Q clause 9. */
export function vlan(
  { id, priority = 0, protocolId = 0x8100 }: VlanFields,
  payload: LinkPayload,
): LinkPayload {
  const header = [...u16((priority << 13) | id), ...u16(payload.etherType)];
  return { ...onTopOf("vlan", header, { etherType: [2, 2] }, payload), etherType: protocolId };
}

/** A payload of any EtherType. */
export function etherPayload(etherType: number, bytes: Uint8Array | readonly number[]): LinkPayload {
  return { ...data(bytes), etherType };
}

/** RFC 826: who has 10.244.1.1? */
export function arp(): LinkPayload {
  const header = [...u16(ARPHRD_ETHER), ...u16(0x0800), 6, 4, ...u16(1)];
  const addresses = [...CLIENT_MAC, 10, 244, 1, 2, 0, 0, 0, 0, 0, 0, 10, 244, 1, 1];
  const layer = onTopOf("arp", [...header, ...addresses], { hardwareLength: [4, 1] }, data([]));
  return { ...layer, etherType: ETHERTYPE_ARP };
}

/** IEEE 802.1AB: chassis id, port id, time to live, end. */
export function lldp(): LinkPayload {
  const tlv = (type: number, value: readonly number[]) => [...u16((type << 9) | value.length), ...value];
  return etherPayload(ETHERTYPE_LLDP, [
    ...tlv(1, [4, ...CLIENT_MAC]),
    ...tlv(2, [3, ...CLIENT_MAC]),
    ...tlv(3, u16(120)),
    ...tlv(0, []),
  ]);
}

/** IEEE 802.3 with a length instead of an EtherType, LLC and SNAP (RFC 1042): IPv4 that no kernel sends. */
export function snap(payload: LinkPayload): Frame {
  const llc = [0xaa, 0xaa, 3, 0, 0, 0, ...u16(payload.etherType)];
  const length = llc.length + payload.bytes.length;
  const layer = onTopOf(
    "snap",
    [...SERVER_MAC, ...CLIENT_MAC, ...u16(length), ...llc],
    { length: [12, 2] },
    payload,
  );
  return { ...layer, linkType: LINKTYPE_ETHERNET };
}

export interface CookedFields {
  /** 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us. */
  readonly packetType?: number;
  readonly interfaceIndex?: number;
}

/** tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
export function linuxCookedV1({ packetType = 0 }: CookedFields, payload: LinkPayload): Frame {
  const header = [
    ...u16(packetType),
    ...u16(ARPHRD_ETHER),
    ...u16(6),
    ...CLIENT_MAC,
    0,
    0,
    ...u16(payload.etherType),
  ];
  return { ...onTopOf("cooked", header, { protocol: [14, 2] }, payload), linkType: LINKTYPE_LINUX_SLL };
}

/** tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
export function linuxCookedV2(fields: CookedFields, payload: LinkPayload): Frame {
  const { packetType = 0, interfaceIndex = 2 } = fields;
  const header = [
    ...u16(payload.etherType),
    0,
    0,
    ...u32(interfaceIndex),
    ...u16(ARPHRD_ETHER),
    packetType,
    6,
    ...CLIENT_MAC,
    0,
    0,
  ];
  return { ...onTopOf("cooked", header, { protocol: [0, 2] }, payload), linkType: LINKTYPE_LINUX_SLL2 };
}

/** A frame that begins with its IP header. @param ofOneVersion LINKTYPE_IPV4 or _IPV6 instead of LINKTYPE_RAW */
export function rawIp(packet: Network, ofOneVersion = false): Frame {
  const linkType = packet.etherType === 0x0800 ? LINKTYPE_IPV4 : LINKTYPE_IPV6;
  return { ...packet, linkType: ofOneVersion ? linkType : LINKTYPE_RAW };
}

const NFULA_PACKET_HEADER = 1;
const NFULA_PAYLOAD = 9;
const NFULA_PREFIX = 10;
const AF_INET = 2;
const AF_INET6 = 10;

/**
 * tcpdump.org/linktypes/LINKTYPE_NFLOG.html: family, version and resource id, then attributes in the byte order of the host: packet header, prefix,
 * payload.
 */
export function nflog(packet: Network, { prefix = "hopline" } = {}): Frame {
  const family = packet.etherType === 0x0800 ? AF_INET : AF_INET6;
  const before = join(
    [family, 0, ...u16(7)],
    attribute(NFULA_PACKET_HEADER, [...u16(packet.etherType), 3, 0]),
    attribute(NFULA_PREFIX, [...new TextEncoder().encode(prefix), 0]),
    littleEndian16(4 + packet.bytes.length),
    littleEndian16(NFULA_PAYLOAD),
  );
  const fields = { family: [0, 1], firstLength: [4, 2], payloadLength: [before.length - 4, 2] } as const;
  const layer = onTopOf("nflog", before, fields, packet);
  return {
    ...layer,
    bytes: join(layer.bytes, new Uint8Array(-packet.bytes.length & 3)),
    linkType: LINKTYPE_NFLOG,
  };
}

function attribute(type: number, value: readonly number[]): Uint8Array {
  return join(
    littleEndian16(4 + value.length),
    littleEndian16(type),
    value,
    new Uint8Array(-value.length & 3),
  );
}

function littleEndian16(value: number): readonly number[] {
  return [value & 0xff, value >>> 8];
}
