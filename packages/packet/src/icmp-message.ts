import type { DecodedPacket } from "./decoded-packet.js";
import { isIcmpEcho } from "./icmp-types.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_ICMP_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_ICMP } = statuses;

const HEADER_BYTES = 8;

/**
 * What ICMP (RFC 792) and ICMPv6 (RFC 4443 section 2.1) have in common: type (1), code (1), checksum (2), and 4 bytes that depend on the
 * type. Those of an echo begin with its identifier. Leaves `packet` behind them.
 */
export function decodeIcmpMessage(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.wireEnd - at < HEADER_BYTES) return STATUS_BAD_ICMP_LENGTH;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_ICMP;
  const typeAndCode = view.getUint16(at, false);
  const type = typeAndCode >> 8;
  packet.icmpType = type;
  packet.icmpCode = typeAndCode & 0xff;
  if (isIcmpEcho(packet.protocol, type)) {
    const identifier = view.getUint16(at + 4, false);
    packet.sourcePort = identifier;
    packet.destinationPort = identifier;
  } else {
    packet.sourcePort = 0;
    packet.destinationPort = typeAndCode;
  }
  packet.payloadBytes = packet.wireEnd - at - HEADER_BYTES;
  packet.offset = at + HEADER_BYTES;
  return STATUS_COUNTED;
}
