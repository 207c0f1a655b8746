import type { DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import * as statuses from "./status.js";
import { enterTunnel, smallestInnerBytes } from "./tunnel.js";

// Own copies: see status.ts.
const { ENCAPSULATION_GENEVE } = encapsulations;
const { STATUS_PLAIN, STATUS_TRUNCATED_GENEVE } = statuses;

/** IANA's port. */
export const DEFAULT_GENEVE_PORTS: readonly number[] = [6081];

const FIXED_HEADER_BYTES = 8;
const VERSION_MASK = 0xc0;
const OPTIONS_WORDS_MASK = 0x3f;
const IS_CONTROL = 0x80;

/**
 * RFC 8926 section 3.4: version and options' length (1), flags (1), EtherType of what it carries (2), VNI (3), reserved (1), options.
 * Options are stepped over. Versions other than 0 and control messages, which carry no tenant's packet, are plain UDP.
 */
export function enterGeneve(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.payloadBytes < FIXED_HEADER_BYTES) return STATUS_PLAIN;
  if (at + FIXED_HEADER_BYTES > packet.end) return STATUS_TRUNCATED_GENEVE;
  const versionAndLength = view.getUint8(at);
  if ((versionAndLength & VERSION_MASK) !== 0 || (view.getUint8(at + 1) & IS_CONTROL) !== 0)
    return STATUS_PLAIN;
  const headerBytes = FIXED_HEADER_BYTES + ((versionAndLength & OPTIONS_WORDS_MASK) << 2);
  const etherType = view.getUint16(at + 2, false);
  if (packet.payloadBytes - headerBytes < smallestInnerBytes(etherType)) return STATUS_PLAIN;
  const vni = view.getInt32(at + 4, false) >>> 8;
  return enterTunnel(packet, ENCAPSULATION_GENEVE, vni, headerBytes, etherType);
}
