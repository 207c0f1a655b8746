import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_ICMP_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_ICMP } = statuses;

const HEADER_BYTES = 8;
const ECHO_REPLY = 0;
const ECHO_REQUEST = 8;

/** RFC 792: an echo and its reply are one connection by their identifier. */
export function decodeIcmp(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.wireEnd - at < HEADER_BYTES) return STATUS_BAD_ICMP_LENGTH;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_ICMP;
  const type = view.getUint8(at);
  if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    const identifier = view.getUint16(at + 4, false);
    packet.sourcePort = identifier;
    packet.destinationPort = identifier;
  } else {
    packet.sourcePort = 0;
    packet.destinationPort = view.getUint16(at, false);
  }
  packet.payloadBytes = packet.wireEnd - at - HEADER_BYTES;
  packet.offset = at + HEADER_BYTES;
  return STATUS_COUNTED;
}
