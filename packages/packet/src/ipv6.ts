import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const {
  STATUS_BAD_IP_VERSION,
  STATUS_BAD_IPV6_EXTENSION_HEADER,
  STATUS_BAD_IPV6_PAYLOAD_LENGTH,
  STATUS_COUNTED,
  STATUS_FRAGMENT,
  STATUS_TRUNCATED_IPV6,
} = statuses;

const HEADER_BYTES = 40;
const MAXIMUM_PLAIN_PAYLOAD_BYTES = 0xffff;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

/** RFC 8200 section 4.1 knows nine at most in a sound packet; a longer chain only costs time. */
const MAXIMUM_EXTENSION_HEADERS = 12;
const FRAGMENT_HEADER_BYTES = 8;
const MORE_FRAGMENTS = 1;
const FRAGMENT_OFFSET_MASK = 0xfff8;

/**
 * RFC 8200 section 3. Leaves `packet` at the transport header, `end` and `wireEnd` at the end of the IP packet.
 *
 * A payload length of 0 is a jumbogram (RFC 2675) or a GSO super-frame where a hop-by-hop header follows or the wire
 * carries more than the field can say; its length is the wire's.
 */
export function decodeIpv6(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  const end = packet.end;
  if (at + HEADER_BYTES > end) return STATUS_TRUNCATED_IPV6;
  if (view.getUint8(at) >> 4 !== 6) return STATUS_BAD_IP_VERSION;
  const wireBytes = packet.wireEnd - at;
  const protocol = view.getUint8(at + 6);
  let payloadBytes = view.getUint16(at + 4, false);
  if (payloadBytes === 0) {
    const onWire = wireBytes - HEADER_BYTES;
    if (protocol === HOP_BY_HOP || onWire > MAXIMUM_PLAIN_PAYLOAD_BYTES) payloadBytes = onWire;
  }
  const totalBytes = HEADER_BYTES + payloadBytes;
  if (totalBytes > wireBytes) return STATUS_BAD_IPV6_PAYLOAD_LENGTH;
  packet.source0 = view.getInt32(at + 8, false);
  packet.source1 = view.getInt32(at + 12, false);
  packet.source2 = view.getInt32(at + 16, false);
  packet.source3 = view.getInt32(at + 20, false);
  packet.destination0 = view.getInt32(at + 24, false);
  packet.destination1 = view.getInt32(at + 28, false);
  packet.destination2 = view.getInt32(at + 32, false);
  packet.destination3 = view.getInt32(at + 36, false);
  packet.protocol = protocol;
  packet.bytes = totalBytes;
  packet.isFirstFragment = 0;
  packet.offset = at + HEADER_BYTES;
  const packetEnd = at + totalBytes;
  packet.wireEnd = packetEnd;
  if (packetEnd < end) packet.end = packetEnd;
  return isExtensionHeader(protocol) ? skipExtensionHeaders(view, packet) : STATUS_COUNTED;
}

function isExtensionHeader(nextHeader: number): boolean {
  return (
    nextHeader === HOP_BY_HOP ||
    nextHeader === ROUTING ||
    nextHeader === FRAGMENT ||
    nextHeader === AUTHENTICATION ||
    nextHeader === DESTINATION_OPTIONS ||
    nextHeader === MOBILITY ||
    nextHeader === HOST_IDENTITY ||
    nextHeader === SHIM6
  );
}

/** RFC 8200 section 4; the authentication header counts its length otherwise (RFC 4302 section 2.2). */
function skipExtensionHeaders(view: DataView, packet: DecodedPacket): number {
  let at = packet.offset;
  let nextHeader = packet.protocol;
  for (let passed = 0; isExtensionHeader(nextHeader); passed++) {
    if (passed === MAXIMUM_EXTENSION_HEADERS) return STATUS_BAD_IPV6_EXTENSION_HEADER;
    if (at + 8 > packet.wireEnd) return STATUS_BAD_IPV6_EXTENSION_HEADER;
    if (at + 8 > packet.end) return STATUS_TRUNCATED_IPV6;
    let headerBytes = FRAGMENT_HEADER_BYTES;
    if (nextHeader === FRAGMENT) {
      const fragment = view.getUint16(at + 2, false);
      if ((fragment & FRAGMENT_OFFSET_MASK) !== 0) return STATUS_FRAGMENT;
      packet.isFirstFragment = fragment & MORE_FRAGMENTS;
    } else if (nextHeader === AUTHENTICATION) headerBytes = (view.getUint8(at + 1) + 2) << 2;
    else headerBytes = (view.getUint8(at + 1) + 1) << 3;
    nextHeader = view.getUint8(at);
    at += headerBytes;
    if (at > packet.wireEnd) return STATUS_BAD_IPV6_EXTENSION_HEADER;
  }
  packet.offset = at;
  packet.protocol = nextHeader;
  return STATUS_COUNTED;
}
