import { clearRareFields, type DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import * as etherTypes from "./ether-types.js";
import * as protocols from "./protocols.js";
import * as statuses from "./status.js";
import { decodeTcpOptions, TCP_OPTION_TIMESTAMPS as TIMESTAMPS_BIT } from "./tcp-options.js";

// Own copies: see status.ts.
const { ENCAPSULATION_NONE, ENCAPSULATION_VXLAN } = encapsulations;
const { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const { PROTOCOL_TCP, PROTOCOL_UDP } = protocols;
const { STATUS_COUNTED, STATUS_PLAIN } = statuses;
const TCP_OPTION_TIMESTAMPS = TIMESTAMPS_BIT;

const ETHERTYPE_VLAN = 0x8100;
const ETHERNET_BYTES = 14;
const TAG_BYTES = 4;
const VLAN_ID_MASK = 0xfff;
const IPV4_BYTES = 20;
/** Version 4, header length 5 words. */
const IPV4_WITHOUT_OPTIONS = 0x45;
const FRAGMENT_MASK = 0x3fff;
const IPV6_BYTES = 40;
/** Third word of an IPv4-mapped address. */
const MAPPED = 0xffff;
const TCP_BYTES = 20;
const TCP_BYTES_WITH_TIMESTAMPS = 32;
const ALIGNED_TIMESTAMPS = 0x0101080a;
const UDP_BYTES = 8;
const VXLAN_BYTES = 8;
const VNI_IS_VALID = 0x08;

/**
 * The frames that nearly all traffic is made of, in one function over local variables: at most one VLAN tag; IPv4 without options and
 * not fragmented, IPv6 without extension headers; TCP and UDP; inside VXLAN, once. It gives exactly what the layers' own functions
 * give (LayerDecoder), and anything else, whatever is cut or in doubt, is theirs: it leaves nothing behind that they would not overwrite.
 *
 * Going through the struct's fields from layer to layer took 48 ns a frame where this takes 35 (half VXLAN, TCP with timestamps).
 *
 * @returns STATUS_COUNTED, or STATUS_PLAIN where the frame is to be decoded layer by layer
 */
export function decodeCommon(
  packet: DecodedPacket,
  view: DataView,
  offset: number,
  capturedEnd: number,
  frameWireEnd: number,
  vlanTag: number,
  encapsulationsByPort: Uint8Array,
): number {
  let at = offset;
  let end = capturedEnd;
  let wireEnd = frameWireEnd;
  let vlan = vlanTag < 0 ? 0 : vlanTag & VLAN_ID_MASK;
  let vni = -1;
  let depth = 0;
  for (;;) {
    if (at + ETHERNET_BYTES + TAG_BYTES + IPV4_BYTES > end) return STATUS_PLAIN;
    let etherType = view.getUint16(at + 12, false);
    at += ETHERNET_BYTES;
    if (etherType === ETHERTYPE_VLAN && depth === 0) {
      if (vlan === 0) vlan = view.getUint16(at, false) & VLAN_ID_MASK;
      etherType = view.getUint16(at + 2, false);
      at += TAG_BYTES;
    }
    let source0 = 0;
    let source1 = 0;
    let source2 = MAPPED;
    let source3: number;
    let destination0 = 0;
    let destination1 = 0;
    let destination2 = MAPPED;
    let destination3: number;
    let protocol: number;
    let bytes: number;
    const ipAt = at;
    if (etherType === ETHERTYPE_IPV4) {
      const firstWord = view.getInt32(at, false);
      if (firstWord >>> 24 !== IPV4_WITHOUT_OPTIONS || (view.getInt32(at + 4, false) & FRAGMENT_MASK) !== 0)
        return STATUS_PLAIN;
      bytes = firstWord & 0xffff;
      protocol = view.getUint8(at + 9);
      source3 = view.getInt32(at + 12, false);
      destination3 = view.getInt32(at + 16, false);
      at += IPV4_BYTES;
    } else if (etherType === ETHERTYPE_IPV6) {
      if (at + IPV6_BYTES > end || view.getUint8(at) >> 4 !== 6) return STATUS_PLAIN;
      const payloadBytes = view.getUint16(at + 4, false);
      // A super-frame's, perhaps.
      if (payloadBytes === 0) return STATUS_PLAIN;
      bytes = IPV6_BYTES + payloadBytes;
      protocol = view.getUint8(at + 6);
      source0 = view.getInt32(at + 8, false);
      source1 = view.getInt32(at + 12, false);
      source2 = view.getInt32(at + 16, false);
      source3 = view.getInt32(at + 20, false);
      destination0 = view.getInt32(at + 24, false);
      destination1 = view.getInt32(at + 28, false);
      destination2 = view.getInt32(at + 32, false);
      destination3 = view.getInt32(at + 36, false);
      at += IPV6_BYTES;
    } else return STATUS_PLAIN;
    const packetEnd = ipAt + bytes;
    if (packetEnd > wireEnd) return STATUS_PLAIN;
    wireEnd = packetEnd;
    if (packetEnd < end) end = packetEnd;

    if (protocol === PROTOCOL_TCP) {
      if (at + TCP_BYTES > end) return STATUS_PLAIN;
      const fourthWord = view.getInt32(at + 12, false);
      const headerBytes = (fourthWord >>> 26) & 0x3c;
      const payloadBytes = wireEnd - at - headerBytes;
      if (headerBytes < TCP_BYTES || payloadBytes < 0) return STATUS_PLAIN;
      const ports = view.getInt32(at, false);
      packet.sourcePort = ports >>> 16;
      packet.destinationPort = ports & 0xffff;
      packet.sequence = view.getInt32(at + 4, false);
      packet.acknowledgement = view.getInt32(at + 8, false);
      packet.tcpFlags = (fourthWord >>> 16) & 0xff;
      packet.window = fourthWord & 0xffff;
      packet.payloadBytes = payloadBytes;
      packet.offset = at + headerBytes;
      packet.end = end;
      if (packet.hasRareFields !== 0) clearRareFields(packet);
      if (headerBytes === TCP_BYTES) packet.tcpOptions = 0;
      else if (
        headerBytes === TCP_BYTES_WITH_TIMESTAMPS &&
        at + TCP_BYTES_WITH_TIMESTAMPS <= end &&
        view.getInt32(at + 20, false) === ALIGNED_TIMESTAMPS
      ) {
        packet.tcpOptions = TCP_OPTION_TIMESTAMPS;
        packet.timestampValue = view.getInt32(at + 24, false);
        packet.timestampEcho = view.getInt32(at + 28, false);
      } else decodeTcpOptions(view, packet, at, headerBytes);
    } else if (protocol === PROTOCOL_UDP) {
      if (at + UDP_BYTES > end) return STATUS_PLAIN;
      const ports = view.getInt32(at, false);
      const datagramBytes = view.getUint16(at + 4, false);
      // 0 among them: as long as the packet.
      if (datagramBytes < UDP_BYTES || datagramBytes > wireEnd - at) return STATUS_PLAIN;
      const encapsulation = encapsulationsByPort[ports & 0xffff];
      if (encapsulation !== ENCAPSULATION_NONE) {
        if (encapsulation !== ENCAPSULATION_VXLAN || depth !== 0) return STATUS_PLAIN;
        const vxlanAt = at + UDP_BYTES;
        wireEnd = at + datagramBytes;
        if (wireEnd < end) end = wireEnd;
        at = vxlanAt + VXLAN_BYTES;
        if (at > end || (view.getUint8(vxlanAt) & VNI_IS_VALID) === 0) return STATUS_PLAIN;
        vni = view.getInt32(vxlanAt + 4, false) >>> 8;
        depth = 1;
        packet.outerSource0 = source0;
        packet.outerSource1 = source1;
        packet.outerSource2 = source2;
        packet.outerSource3 = source3;
        packet.outerDestination0 = destination0;
        packet.outerDestination1 = destination1;
        packet.outerDestination2 = destination2;
        packet.outerDestination3 = destination3;
        continue;
      }
      packet.sourcePort = ports >>> 16;
      packet.destinationPort = ports & 0xffff;
      packet.sequence = 0;
      packet.acknowledgement = 0;
      packet.tcpFlags = 0;
      packet.window = 0;
      packet.tcpOptions = 0;
      packet.payloadBytes = datagramBytes - UDP_BYTES;
      packet.offset = at + UDP_BYTES;
      packet.end = end;
      if (packet.hasRareFields !== 0) clearRareFields(packet);
    } else return STATUS_PLAIN;

    packet.source0 = source0;
    packet.source1 = source1;
    packet.source2 = source2;
    packet.source3 = source3;
    packet.destination0 = destination0;
    packet.destination1 = destination1;
    packet.destination2 = destination2;
    packet.destination3 = destination3;
    packet.protocol = protocol;
    packet.bytes = bytes;
    packet.vlan = vlan;
    packet.vni = vni;
    packet.encapsulation = depth === 0 ? ENCAPSULATION_NONE : ENCAPSULATION_VXLAN;
    packet.encapsulationDepth = depth;
    packet.wireEnd = wireEnd;
    packet.etherType = etherType;
    return STATUS_COUNTED;
  }
}
