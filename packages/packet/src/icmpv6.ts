import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_ICMP_LENGTH, STATUS_COUNTED, STATUS_NEIGHBOUR_DISCOVERY, STATUS_TRUNCATED_ICMP } =
  statuses;

const HEADER_BYTES = 8;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
/** Multicast listener (RFC 2710) 130 to 132, then neighbour discovery (RFC 4861) to 137. */
const FIRST_LINK_MESSAGE = 130;
const LAST_LINK_MESSAGE = 137;
const MULTICAST_LISTENER_V2 = 143;

/** RFC 4443: an echo and its reply are one connection by their identifier. */
export function decodeIcmpv6(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.wireEnd - at < HEADER_BYTES) return STATUS_BAD_ICMP_LENGTH;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_ICMP;
  const type = view.getUint8(at);
  if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    const identifier = view.getUint16(at + 4, false);
    packet.sourcePort = identifier;
    packet.destinationPort = identifier;
  } else if ((type >= FIRST_LINK_MESSAGE && type <= LAST_LINK_MESSAGE) || type === MULTICAST_LISTENER_V2) {
    return STATUS_NEIGHBOUR_DISCOVERY;
  } else {
    packet.sourcePort = 0;
    packet.destinationPort = view.getUint16(at, false);
  }
  packet.payloadBytes = packet.wireEnd - at - HEADER_BYTES;
  packet.offset = at + HEADER_BYTES;
  return STATUS_COUNTED;
}
