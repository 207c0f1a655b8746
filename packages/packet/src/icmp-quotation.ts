import type { DecodedPacket } from "./decoded-packet.js";
import { isIcmpEcho } from "./icmp-types.js";
import {
  extensionHeaderBytes,
  IPV6_FRAGMENT,
  isExtensionHeader,
  MAXIMUM_EXTENSION_HEADERS,
} from "./ipv6-extension-headers.js";
import * as protocols from "./protocols.js";

// Own copies: see status.ts.
const { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } = protocols;

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const IPV4_FRAGMENT_OFFSET_MASK = 0x1fff;
const IPV6_FRAGMENT_OFFSET_MASK = 0xfff8;
/** Third word of an IPv4-mapped address. */
const MAPPED = 0xffff;

/**
 * The packet that an ICMP error at `packet.offset` quotes: the IP header and at least 8 bytes more (RFC 792, RFC 1812 section 4.3.2.3).
 * Its lengths are those of the whole packet, of which only the beginning is here, and are not looked at.
 *
 * @returns whether the addresses and the protocol could be read
 */
export function readQuotedIpv4(view: DataView, packet: DecodedPacket): boolean {
  const at = packet.offset;
  if (at + IPV4_HEADER_BYTES > packet.end) return false;
  const versionAndLength = view.getUint8(at);
  const headerBytes = (versionAndLength & 15) << 2;
  if (versionAndLength >> 4 !== 4 || headerBytes < IPV4_HEADER_BYTES) return false;
  packet.quotedSource0 = 0;
  packet.quotedSource1 = 0;
  packet.quotedSource2 = MAPPED;
  packet.quotedSource3 = view.getInt32(at + 12, false);
  packet.quotedDestination0 = 0;
  packet.quotedDestination1 = 0;
  packet.quotedDestination2 = MAPPED;
  packet.quotedDestination3 = view.getInt32(at + 16, false);
  packet.quotedProtocol = view.getUint8(at + 9);
  clearPorts(packet);
  if ((view.getUint16(at + 6, false) & IPV4_FRAGMENT_OFFSET_MASK) === 0)
    readPorts(view, packet, at + headerBytes);
  return true;
}

/** The same for ICMPv6, which quotes as much as fits (RFC 4443 section 2.4): extension headers are stepped over. */
export function readQuotedIpv6(view: DataView, packet: DecodedPacket): boolean {
  const at = packet.offset;
  if (at + IPV6_HEADER_BYTES > packet.end || view.getUint8(at) >> 4 !== 6) return false;
  packet.quotedSource0 = view.getInt32(at + 8, false);
  packet.quotedSource1 = view.getInt32(at + 12, false);
  packet.quotedSource2 = view.getInt32(at + 16, false);
  packet.quotedSource3 = view.getInt32(at + 20, false);
  packet.quotedDestination0 = view.getInt32(at + 24, false);
  packet.quotedDestination1 = view.getInt32(at + 28, false);
  packet.quotedDestination2 = view.getInt32(at + 32, false);
  packet.quotedDestination3 = view.getInt32(at + 36, false);
  packet.quotedProtocol = view.getUint8(at + 6);
  clearPorts(packet);
  const transportAt = skipQuotedExtensionHeaders(view, packet, at + IPV6_HEADER_BYTES);
  if (transportAt !== -1) readPorts(view, packet, transportAt);
  return true;
}

/** Offset of the quoted transport header, or -1 where it is cut off or the quoted packet is a later fragment. */
function skipQuotedExtensionHeaders(view: DataView, packet: DecodedPacket, from: number): number {
  let at = from;
  let header = packet.quotedProtocol;
  for (let passed = 0; isExtensionHeader(header); passed++) {
    if (passed === MAXIMUM_EXTENSION_HEADERS || at + 8 > packet.end) return -1;
    const isLaterFragment =
      header === IPV6_FRAGMENT && (view.getUint16(at + 2, false) & IPV6_FRAGMENT_OFFSET_MASK) !== 0;
    const headerAt = at;
    at += extensionHeaderBytes(view, headerAt, header);
    header = view.getUint8(headerAt);
    packet.quotedProtocol = header;
    if (isLaterFragment) return -1;
  }
  return at;
}

function clearPorts(packet: DecodedPacket): void {
  packet.quotedSourcePort = 0;
  packet.quotedDestinationPort = 0;
  packet.quotedHasPorts = 0;
}

function readPorts(view: DataView, packet: DecodedPacket, at: number): void {
  const protocol = packet.quotedProtocol;
  if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || protocol === PROTOCOL_SCTP) {
    if (at + 4 > packet.end) return;
    packet.quotedSourcePort = view.getUint16(at, false);
    packet.quotedDestinationPort = view.getUint16(at + 2, false);
  } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    if (at + 6 > packet.end) return;
    const isEcho = isIcmpEcho(protocol, view.getUint8(at));
    packet.quotedSourcePort = isEcho ? view.getUint16(at + 4, false) : 0;
    packet.quotedDestinationPort = view.getUint16(isEcho ? at + 4 : at, false);
  }
  packet.quotedHasPorts = 1;
}
