import type { DecodedPacket } from "./decoded-packet.js";
import { decodeFragment } from "./ip-fragment.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const {
  STATUS_BAD_IP_VERSION,
  STATUS_BAD_IPV4_HEADER_LENGTH,
  STATUS_BAD_IPV4_TOTAL_LENGTH,
  STATUS_COUNTED,
  STATUS_TRUNCATED_IPV4,
} = statuses;

const MINIMUM_HEADER_BYTES = 20;
const MORE_FRAGMENTS = 0x2000;
/** In units of 8 bytes. */
const FRAGMENT_OFFSET_MASK = 0x1fff;
/** Third word of an IPv4-mapped address. */
const MAPPED = 0xffff;

/**
 * RFC 791 section 3.1. Leaves `packet` at the transport header, `end` and `wireEnd` at the end of the IP packet.
 *
 * A total length of 0 is a GSO super-frame of more than 64 KiB (Linux' BIG TCP): its length is the wire's.
 * One beyond the wire is refused, as the kernel refuses it.
 */
export function decodeIpv4(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  const end = packet.end;
  if (at + MINIMUM_HEADER_BYTES > end) return STATUS_TRUNCATED_IPV4;
  // Version (4 bits), header length (4), type of service (8), total length (16).
  const firstWord = view.getInt32(at, false);
  if (firstWord >>> 28 !== 4) return STATUS_BAD_IP_VERSION;
  const headerBytes = (firstWord >>> 22) & 0x3c;
  if (headerBytes < MINIMUM_HEADER_BYTES) return STATUS_BAD_IPV4_HEADER_LENGTH;
  const wireBytes = packet.wireEnd - at;
  let totalBytes = firstWord & 0xffff;
  if (totalBytes === 0) totalBytes = wireBytes;
  if (totalBytes < headerBytes || totalBytes > wireBytes) return STATUS_BAD_IPV4_TOTAL_LENGTH;
  if (at + headerBytes > end) return STATUS_TRUNCATED_IPV4;
  const fragment = view.getUint16(at + 6, false);
  packet.source0 = 0;
  packet.source1 = 0;
  packet.source2 = MAPPED;
  packet.source3 = view.getInt32(at + 12, false);
  packet.destination0 = 0;
  packet.destination1 = 0;
  packet.destination2 = MAPPED;
  packet.destination3 = view.getInt32(at + 16, false);
  packet.protocol = view.getUint8(at + 9);
  packet.bytes = totalBytes;
  packet.offset = at + headerBytes;
  const packetEnd = at + totalBytes;
  packet.wireEnd = packetEnd;
  if (packetEnd < end) packet.end = packetEnd;
  if ((fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) === 0) return STATUS_COUNTED;
  return decodeFragment(
    packet,
    view.getUint16(at + 4, false),
    (fragment & FRAGMENT_OFFSET_MASK) << 3,
    (fragment & MORE_FRAGMENTS) === 0 ? 0 : 1,
  );
}
