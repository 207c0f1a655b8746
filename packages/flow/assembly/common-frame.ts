import { ENCAPSULATION_NONE, ENCAPSULATION_VXLAN } from "../../packet/src/encapsulations";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../../packet/src/ether-types";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../packet/src/protocols";
import { word16, word32 } from "./bytes";
import { Packet } from "./packet";
import { decodeTcpOptions } from "./tcp-options";

const ETHERTYPE_VLAN: i32 = 0x8100;
const ETHERNET_BYTES: usize = 14;
const TAG_BYTES: usize = 4;
const VLAN_ID_MASK: i32 = 0xfff;
const IPV4_BYTES: usize = 20;
/** Version 4, header length 5 words. */
const IPV4_WITHOUT_OPTIONS: i32 = 0x45;
const FRAGMENT_MASK: i32 = 0x3fff;
const IPV6_BYTES: usize = 40;
/** Third word of an IPv4-mapped address. */
const MAPPED: i32 = 0xffff;
const TCP_BYTES: i32 = 20;
const UDP_BYTES: i32 = 8;
const VXLAN_BYTES: usize = 8;
const VNI_IS_VALID: i32 = 0x08;
const DNS_PORT: i32 = 53;

/** ENCAPSULATION_ constant by UDP destination port, a byte each. */
export const encapsulationsByPort: usize = memory.data(0x10000, 64);

/**
 * The Ethernet frames that nearly all traffic is made of: at most one VLAN tag; IPv4 without options and not fragmented, IPv6
 * without extension headers; TCP and UDP, but for DNS; inside VXLAN, once. It gives exactly what the layers' own functions of
 * packages/packet give; anything else, whatever is cut or in doubt, is left to them.
 *
 * @param at address of the frame's first byte
 * @param capturedEnd where what was captured of it ends
 * @param frameWireEnd where it ended on the wire
 * @param vlanTag tag control information that the kernel took off the frame, or -1
 * @returns whether the packet is filled
 */
export function decodeCommon(
  packet: Packet,
  at: usize,
  capturedEnd: usize,
  frameWireEnd: usize,
  vlanTag: i32,
): bool {
  let end = capturedEnd;
  let wireEnd = frameWireEnd;
  let vlan = vlanTag < 0 ? 0 : vlanTag & VLAN_ID_MASK;
  let vni = -1;
  let depth = 0;
  while (true) {
    if (at + (ETHERNET_BYTES + TAG_BYTES + IPV4_BYTES) > end) return false;
    let etherType = word16(at + 12);
    at += ETHERNET_BYTES;
    if (etherType === ETHERTYPE_VLAN && depth === 0) {
      if (vlan === 0) vlan = word16(at) & VLAN_ID_MASK;
      etherType = word16(at + 2);
      at += TAG_BYTES;
    }
    let source0 = 0;
    let source1 = 0;
    let source2 = MAPPED;
    let source3 = 0;
    let destination0 = 0;
    let destination1 = 0;
    let destination2 = MAPPED;
    let destination3 = 0;
    let protocol = 0;
    let bytes = 0;
    const ipAt = at;
    if (etherType === ETHERTYPE_IPV4) {
      if (<i32>load<u8>(at) !== IPV4_WITHOUT_OPTIONS || (word16(at + 6) & FRAGMENT_MASK) !== 0) return false;
      bytes = word16(at + 2);
      protocol = load<u8>(at, 9);
      source3 = word32(at + 12);
      destination3 = word32(at + 16);
      at += IPV4_BYTES;
    } else if (etherType === ETHERTYPE_IPV6) {
      if (at + IPV6_BYTES > end || load<u8>(at) >> 4 !== 6) return false;
      const payloadBytes = word16(at + 4);
      // A super-frame's, perhaps.
      if (payloadBytes === 0) return false;
      bytes = <i32>IPV6_BYTES + payloadBytes;
      protocol = load<u8>(at, 6);
      source0 = word32(at + 8);
      source1 = word32(at + 12);
      source2 = word32(at + 16);
      source3 = word32(at + 20);
      destination0 = word32(at + 24);
      destination1 = word32(at + 28);
      destination2 = word32(at + 32);
      destination3 = word32(at + 36);
      at += IPV6_BYTES;
    } else return false;
    const packetEnd = ipAt + bytes;
    if (packetEnd > wireEnd) return false;
    wireEnd = packetEnd;
    if (packetEnd < end) end = packetEnd;

    let portPair = 0;
    if (protocol === PROTOCOL_TCP) {
      if (at + TCP_BYTES > end) return false;
      const headerBytes = (<i32>load<u8>(at, 12) >> 2) & 0x3c;
      const payloadBytes = <i32>(wireEnd - at) - headerBytes;
      if (headerBytes < TCP_BYTES || payloadBytes < 0) return false;
      portPair = word32(at);
      packet.sequence = word32(at + 4);
      packet.acknowledgement = word32(at + 8);
      packet.tcpFlags = load<u8>(at, 13);
      packet.window = word16(at + 14);
      packet.payloadBytes = payloadBytes;
      decodeTcpOptions(packet, at + TCP_BYTES, min(at + headerBytes, end));
    } else if (protocol === PROTOCOL_UDP) {
      if (at + UDP_BYTES > end) return false;
      portPair = word32(at);
      const datagramBytes = word16(at + 4);
      // 0 among them: as long as the packet.
      if (datagramBytes < UDP_BYTES || datagramBytes > <i32>(wireEnd - at)) return false;
      const encapsulation: i32 = load<u8>(encapsulationsByPort + (portPair & 0xffff));
      if (encapsulation !== ENCAPSULATION_NONE) {
        if (encapsulation !== ENCAPSULATION_VXLAN || depth !== 0) return false;
        const vxlanAt = at + UDP_BYTES;
        wireEnd = at + datagramBytes;
        if (wireEnd < end) end = wireEnd;
        at = vxlanAt + VXLAN_BYTES;
        if (at > end || (<i32>load<u8>(vxlanAt) & VNI_IS_VALID) === 0) return false;
        vni = word32(vxlanAt + 4) >>> 8;
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
      packet.tcpFlags = 0;
      packet.payloadBytes = datagramBytes - UDP_BYTES;
    } else return false;
    if ((portPair & 0xffff) === DNS_PORT || portPair >>> 16 === DNS_PORT) return false;

    packet.source0 = source0;
    packet.source1 = source1;
    packet.source2 = source2;
    packet.source3 = source3;
    packet.destination0 = destination0;
    packet.destination1 = destination1;
    packet.destination2 = destination2;
    packet.destination3 = destination3;
    packet.portPair = portPair;
    packet.protocol = protocol;
    packet.bytes = bytes;
    packet.vlan = vlan;
    packet.vni = vni;
    packet.encapsulation = depth === 0 ? ENCAPSULATION_NONE : ENCAPSULATION_VXLAN;
    packet.encapsulationDepth = depth;
    packet.hasRareFields = 0;
    return true;
  }
}
