import type { DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import * as etherTypes from "./ether-types.js";
import * as statuses from "./status.js";
import { enterTunnel, smallestInnerBytes } from "./tunnel.js";

// Own copies: see status.ts.
const { ENCAPSULATION_GRE, ENCAPSULATION_NVGRE } = encapsulations;
const { ETHERTYPE_ETHERNET } = etherTypes;
const { STATUS_PLAIN, STATUS_TRUNCATED_GRE } = statuses;

const FIXED_HEADER_BYTES = 4;
const FIELD_BYTES = 4;
const HAS_CHECKSUM = 0x8000;
const HAS_KEY = 0x2000;
const HAS_SEQUENCE = 0x1000;
/** Source routes and recursion (RFC 1701), which receivers refuse (RFC 2784 section 2.3), and versions: 1 is PPTP's. */
const MUST_BE_ZERO = 0x4c07;
const NO_KEY = -1;

/**
 * RFC 2784 section 2, RFC 2890 section 2: flags and version (2), EtherType of what it carries (2), then, each where its flag is set,
 * checksum and reserved (4), key (4), sequence number (4).
 *
 * An Ethernet frame with a key and nothing else is NVGRE (RFC 7637 section 3.2): the key is VSID (3) and flow id (1). A keyed gretap device
 * writes the same header. What is not decoded inside (ERSPAN, MPLS, PPP) counts as the plain GRE packet.
 */
export function enterGre(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.payloadBytes < FIXED_HEADER_BYTES) return STATUS_PLAIN;
  if (at + FIXED_HEADER_BYTES > packet.end) return STATUS_TRUNCATED_GRE;
  const flags = view.getUint16(at, false);
  if ((flags & MUST_BE_ZERO) !== 0) return STATUS_PLAIN;
  const etherType = view.getUint16(at + 2, false);
  const keyAt = at + FIXED_HEADER_BYTES + ((flags & HAS_CHECKSUM) === 0 ? 0 : FIELD_BYTES);
  const sequenceAt = keyAt + ((flags & HAS_KEY) === 0 ? 0 : FIELD_BYTES);
  const headerBytes = sequenceAt - at + ((flags & HAS_SEQUENCE) === 0 ? 0 : FIELD_BYTES);
  if (packet.payloadBytes - headerBytes < smallestInnerBytes(etherType)) return STATUS_PLAIN;
  if (at + headerBytes > packet.end) return STATUS_TRUNCATED_GRE;
  const key = (flags & HAS_KEY) === 0 ? NO_KEY : view.getInt32(keyAt, false);
  if (etherType === ETHERTYPE_ETHERNET && (flags & (HAS_CHECKSUM | HAS_KEY | HAS_SEQUENCE)) === HAS_KEY)
    return enterTunnel(packet, ENCAPSULATION_NVGRE, key >>> 8, headerBytes, etherType);
  return enterTunnel(packet, ENCAPSULATION_GRE, key, headerBytes, etherType);
}
