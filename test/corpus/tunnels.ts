import { internetChecksum } from "./checksum.js";
import { ipPayload } from "./ip.js";
import {
  data,
  type Frame,
  join,
  type Layer,
  type LinkPayload,
  type Network,
  onTopOf,
  type Transport,
  u16,
  u24,
  u32,
} from "./layer.js";

const PROTOCOL_GRE = 47;
const PROTOCOL_ESP = 50;
/** Transparent Ethernet bridging: the EtherType of a whole frame. */
const ETHERTYPE_ETHERNET = 0x6558;

/** RFC 7348 section 5. */
export function vxlan({ vni = 1, flags = 8 }, inner: Frame): Layer {
  return onTopOf("vxlan", [flags, 0, 0, 0, ...u24(vni), 0], { flags: [0, 1] }, inner);
}

/** draft-ietf-nvo3-vxlan-gpe section 3: next protocol 1 is IPv4, 2 IPv6, 3 Ethernet, 4 NSH. */
export function vxlanGpe({ vni = 1, nextProtocol = 3, flags = 0x0c }, inner: Layer): Layer {
  const header = [flags, 0, 0, nextProtocol, ...u24(vni), 0];
  return onTopOf("vxlan-gpe", header, { flags: [0, 1], nextProtocol: [3, 1] }, inner);
}

export interface GeneveFields {
  readonly vni?: number;
  /** Options as they stand on the wire, a multiple of 4 bytes. */
  readonly options?: readonly number[];
  readonly version?: number;
  readonly optionWords?: number;
}

/** RFC 8926 section 3.4. @param inner a frame, or an IP packet without one */
export function geneve(fields: GeneveFields, inner: Frame | Network): Layer {
  const { vni = 1, options = [], version = 0, optionWords = options.length / 4 } = fields;
  const protocol = "etherType" in inner ? inner.etherType : ETHERTYPE_ETHERNET;
  const header = [(version << 6) | optionWords, 0, ...u16(protocol), ...u24(vni), 0, ...options];
  return onTopOf("geneve", header, { optionLength: [0, 1], protocol: [2, 2] }, inner);
}

/** RFC 8926 section 3.5: class, type, length in words, value. */
export function geneveOption(optionClass: number, type: number, value: readonly number[]): readonly number[] {
  return [...u16(optionClass), type, value.length / 4, ...value];
}

export interface GreFields {
  readonly checksum?: boolean;
  readonly key?: number;
  readonly sequence?: number;
  readonly version?: number;
  readonly protocol?: number;
}

/** RFC 2784 section 2, with the key and sequence number of RFC 2890. */
export function gre(fields: GreFields, inner: LinkPayload | Frame): Transport {
  const { checksum = false, key, sequence, version = 0 } = fields;
  const flags =
    (checksum ? 0x8000 : 0) |
    (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000) |
    version;
  const protocol = fields.protocol ?? ("etherType" in inner ? inner.etherType : ETHERTYPE_ETHERNET);
  const header = [
    ...u16(flags),
    ...u16(protocol),
    ...(checksum ? u32(0) : []),
    ...(key === undefined ? [] : u32(key)),
    ...(sequence === undefined ? [] : u32(sequence)),
  ];
  const layer = onTopOf("gre", header, { flags: [0, 2], protocol: [2, 2] }, inner);
  if (checksum) layer.bytes.set(u16(internetChecksum(layer.bytes)), 4);
  return { ...layer, protocol: PROTOCOL_GRE };
}

/** RFC 7637 section 3.2: a key of 24 bits subnet id and 8 bits flow id, and an Ethernet frame. */
export function nvgre({ subnetId = 1, flowId = 0 }, inner: Frame): Transport {
  return gre({ key: ((subnetId << 8) | flowId) >>> 0 }, inner);
}

/** RFC 4303 section 2: security parameters index, sequence number, and what only the two ends can read. */
export function esp({ index = 0x1000, sequence = 1 }, encrypted: Uint8Array): Transport {
  const layer = onTopOf("esp", [...u32(index), ...u32(sequence)], {}, data(encrypted));
  return { ...layer, protocol: PROTOCOL_ESP };
}

/** A handshake initiation of WireGuard (type 1, 148 bytes), by wireguard.com/protocol. */
export function wireguardInitiation(random: Uint8Array): Layer {
  return onTopOf("wireguard", [1, 0, 0, 0], { type: [0, 1] }, data(random.subarray(0, 144)));
}

/** WireGuard's transport data (type 4): receiver, counter, then 16 bytes of tag and a padded packet. */
export function wireguardData(receiver: number, counter: number, encrypted: Uint8Array): Layer {
  const header = join([4, 0, 0, 0], littleEndian32(receiver), littleEndian32(counter), u32(0));
  return onTopOf("wireguard", header, { type: [0, 1] }, data(encrypted));
}

/** Weave's sleeve: names of both peers' 6 bytes each, then what is encrypted or not; opaque here. */
export function sleeve(bytes: Uint8Array): Layer {
  return onTopOf("sleeve", [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], {}, data(bytes));
}

/** GRE that carries what no EtherType of ours says: Cisco's ERSPAN, version II. */
export function erspan(inner: Frame): Transport {
  const header = data(join([0x10, 1, 0, 0, 0, 0, 0, 0], inner.bytes));
  return gre({ sequence: 1, protocol: 0x88be }, { ...header, etherType: 0x88be });
}

/** An IP packet of a protocol that nobody decodes: OSPF. */
export function unknownProtocol(bytes: Uint8Array): Transport {
  return ipPayload(89, bytes);
}

function littleEndian32(value: number): readonly number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}
