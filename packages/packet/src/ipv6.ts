import type { DecodedPacket } from "./decoded-packet.js";
import { decodeFragment } from "./ip-fragment.js";
import * as extensionHeaders from "./ipv6-extension-headers.js";
import { extensionHeaderBytes, isExtensionHeader } from "./ipv6-extension-headers.js";
import * as protocols from "./protocols.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { HOP_BY_HOP, IPV6_FRAGMENT, MAXIMUM_EXTENSION_HEADERS } = extensionHeaders;
const { PROTOCOL_TCP, PROTOCOL_UDP } = protocols;
const {
  STATUS_BAD_IP_VERSION,
  STATUS_BAD_IPV6_EXTENSION_HEADER,
  STATUS_BAD_IPV6_PAYLOAD_LENGTH,
  STATUS_COUNTED,
  STATUS_TRUNCATED_IPV6,
} = statuses;

const HEADER_BYTES = 40;
const MAXIMUM_PLAIN_PAYLOAD_BYTES = 0xffff;

const MORE_FRAGMENTS = 1;
/** The upper 13 bits count units of 8 bytes: in place, they are the offset in bytes. */
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
  packet.offset = at + HEADER_BYTES;
  const packetEnd = at + totalBytes;
  packet.wireEnd = packetEnd;
  if (packetEnd < end) packet.end = packetEnd;
  if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || !isExtensionHeader(protocol))
    return STATUS_COUNTED;
  return skipExtensionHeaders(view, packet);
}

/** RFC 8200 section 4. Of a later fragment, the protocol is what its fragment header names: mostly the transport's. */
function skipExtensionHeaders(view: DataView, packet: DecodedPacket): number {
  let at = packet.offset;
  let nextHeader = packet.protocol;
  for (let passed = 0; isExtensionHeader(nextHeader); passed++) {
    if (passed === MAXIMUM_EXTENSION_HEADERS) return STATUS_BAD_IPV6_EXTENSION_HEADER;
    if (at + 8 > packet.wireEnd) return STATUS_BAD_IPV6_EXTENSION_HEADER;
    if (at + 8 > packet.end) return STATUS_TRUNCATED_IPV6;
    const header = nextHeader;
    const headerAt = at;
    nextHeader = view.getUint8(at);
    at += extensionHeaderBytes(view, at, header);
    if (at > packet.wireEnd) return STATUS_BAD_IPV6_EXTENSION_HEADER;
    packet.offset = at;
    packet.protocol = nextHeader;
    if (header !== IPV6_FRAGMENT) continue;
    const fragment = view.getUint16(headerAt + 2, false);
    // Neither offset nor more to come: an "atomic" fragment, which is a whole packet (RFC 6946).
    if ((fragment & (FRAGMENT_OFFSET_MASK | MORE_FRAGMENTS)) === 0) continue;
    const status = decodeFragment(
      packet,
      view.getInt32(headerAt + 4, false),
      fragment & FRAGMENT_OFFSET_MASK,
      fragment & MORE_FRAGMENTS,
    );
    if (status !== STATUS_COUNTED) return status;
  }
  return STATUS_COUNTED;
}
