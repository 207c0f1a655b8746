import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_UDP_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_UDP } = statuses;

const HEADER_BYTES = 8;

/**
 * RFC 768. A length of 0 means "as long as the IP packet" (RFC 2675 section 4, and GSO super-frames);
 * the first of several fragments states the length of the whole datagram and carries less.
 */
export function decodeUdp(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  const wireBytes = packet.wireEnd - at;
  if (wireBytes < HEADER_BYTES) return STATUS_BAD_UDP_LENGTH;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_UDP;
  let datagramBytes = view.getUint16(at + 4, false);
  if (datagramBytes === 0) datagramBytes = wireBytes;
  else if (datagramBytes < HEADER_BYTES) return STATUS_BAD_UDP_LENGTH;
  if (datagramBytes > wireBytes) {
    if (packet.isFirstFragment === 0) return STATUS_BAD_UDP_LENGTH;
    datagramBytes = wireBytes;
  }
  const ports = view.getInt32(at, false);
  packet.sourcePort = ports >>> 16;
  packet.destinationPort = ports & 0xffff;
  packet.payloadBytes = datagramBytes - HEADER_BYTES;
  packet.offset = at + HEADER_BYTES;
  return STATUS_COUNTED;
}
