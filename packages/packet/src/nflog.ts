import type { DecodedPacket } from "./decoded-packet.js";
import * as etherTypes from "./ether-types.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const { STATUS_BAD_NFLOG, STATUS_COUNTED, STATUS_NOT_IP, STATUS_TRUNCATED_NFLOG } = statuses;

const HEADER_BYTES = 4;
const ATTRIBUTE_HEADER_BYTES = 4;
const VERSION = 0;
/** Address families of Linux. */
const FAMILY_IPV4 = 2;
const FAMILY_IPV6 = 10;
/** NFULA_PAYLOAD of linux/netfilter/nfnetlink_log.h. */
const PAYLOAD = 9;
/** Netlink's flags in the two upper bits of a type. */
const TYPE_MASK = 0x3fff;
const LONGEST_PACKET_BYTES = 0xffff;

/**
 * LINKTYPE_NFLOG: address family (1), version (1), group (2), then attributes: length with this header (2), type (2), value, padded to
 * 4 bytes; lengths and types in the byte order of the machine, taken for little-endian. The packet is one attribute's value.
 *
 * The snap length of such a capture cuts the packet before it is put into its attribute, and nothing says how long it was:
 * its IP header is believed.
 */
export function decodeNflog(view: DataView, packet: DecodedPacket): number {
  let at = packet.offset;
  const end = packet.end;
  if (at + HEADER_BYTES > end) return STATUS_TRUNCATED_NFLOG;
  const family = view.getUint8(at);
  if (view.getUint8(at + 1) !== VERSION) return STATUS_BAD_NFLOG;
  if (family !== FAMILY_IPV4 && family !== FAMILY_IPV6) return STATUS_NOT_IP;
  at += HEADER_BYTES;
  while (at + ATTRIBUTE_HEADER_BYTES <= end) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER_BYTES) return STATUS_BAD_NFLOG;
    if ((view.getUint16(at + 2, true) & TYPE_MASK) === PAYLOAD) {
      const payloadAt = at + ATTRIBUTE_HEADER_BYTES;
      if (at + length < end) packet.end = at + length;
      packet.wireEnd = payloadAt + LONGEST_PACKET_BYTES;
      packet.offset = payloadAt;
      packet.etherType = family === FAMILY_IPV4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
      return STATUS_COUNTED;
    }
    at += (length + 3) & ~3;
  }
  return at + ATTRIBUTE_HEADER_BYTES > packet.wireEnd ? STATUS_BAD_NFLOG : STATUS_TRUNCATED_NFLOG;
}
