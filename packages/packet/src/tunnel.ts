import { clearFragment, type DecodedPacket } from "./decoded-packet.js";
import * as etherTypes from "./ether-types.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { ETHERTYPE_ETHERNET, ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const { STATUS_COUNTED } = statuses;

/** Fragmented outer packet: the inner one goes on in later frames, up to the longest datagram. */
const LONGEST_DATAGRAM_BYTES = 0xffff;

const SMALLEST_ETHERNET_BYTES = 14;
const SMALLEST_IPV4_BYTES = 20;
const SMALLEST_IPV6_BYTES = 40;
const MORE_THAN_ANY_BYTES = 0x7fffffff;

/** Fewest bytes that a tunnel carries for what it says it does, by EtherType; more than any packet has for what is not decoded inside. */
export function smallestInnerBytes(etherType: number): number {
  if (etherType === ETHERTYPE_ETHERNET) return SMALLEST_ETHERNET_BYTES;
  if (etherType === ETHERTYPE_IPV4) return SMALLEST_IPV4_BYTES;
  return etherType === ETHERTYPE_IPV6 ? SMALLEST_IPV6_BYTES : MORE_THAN_ANY_BYTES;
}

/**
 * Steps into a tunnel: `packet` stands at the tunnel's header, afterwards it stands at what the tunnel carries. What the packet
 * tells of its encapsulation is that of the outermost tunnel.
 *
 * @param headerBytes of the tunnel, at most `packet.payloadBytes`
 * @param etherType of what it carries
 */
export function enterTunnel(
  packet: DecodedPacket,
  encapsulation: number,
  vni: number,
  headerBytes: number,
  etherType: number,
): number {
  const at = packet.offset;
  if (packet.encapsulationDepth === 0) {
    packet.encapsulation = encapsulation;
    packet.vni = vni;
    packet.outerSource0 = packet.source0;
    packet.outerSource1 = packet.source1;
    packet.outerSource2 = packet.source2;
    packet.outerSource3 = packet.source3;
    packet.outerDestination0 = packet.destination0;
    packet.outerDestination1 = packet.destination1;
    packet.outerDestination2 = packet.destination2;
    packet.outerDestination3 = packet.destination3;
  }
  packet.encapsulationDepth++;
  if (packet.isFirstFragment === 0) packet.wireEnd = at + packet.payloadBytes;
  else {
    packet.wireEnd = at + LONGEST_DATAGRAM_BYTES;
    if (packet.encapsulationDepth === 1) {
      packet.outerFragmentId = packet.fragmentId;
      packet.outerProtocol = packet.protocol;
    }
    clearFragment(packet);
  }
  if (packet.wireEnd < packet.end) packet.end = packet.wireEnd;
  packet.offset = at + headerBytes;
  packet.etherType = etherType;
  return STATUS_COUNTED;
}
