import type { DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import * as etherTypes from "./ether-types.js";
import * as statuses from "./status.js";
import { enterTunnel, smallestInnerBytes } from "./tunnel.js";

// Own copies: see status.ts.
const { ENCAPSULATION_VXLAN_GPE } = encapsulations;
const { ETHERTYPE_ETHERNET, ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const { STATUS_PLAIN, STATUS_TRUNCATED_VXLAN } = statuses;

/** IANA's port. */
export const DEFAULT_VXLAN_GPE_PORTS: readonly number[] = [4790];

const HEADER_BYTES = 8;
const VERSION_MASK = 0x30;
const VNI_IS_VALID = 0x08;
const HAS_NEXT_PROTOCOL = 0x04;
const IS_OPERATIONS = 0x01;
/** What is not decoded inside. */
const UNKNOWN_ETHERTYPE = 0;

/**
 * draft-ietf-nvo3-vxlan-gpe-13 section 3: flags (1), reserved (2), next protocol (1), VNI (3), reserved (1), then what the next protocol
 * says. Without that flag it is VXLAN's header. Versions other than 0, operations messages and other next protocols (NSH) are plain UDP.
 */
export function enterVxlanGpe(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.payloadBytes < HEADER_BYTES) return STATUS_PLAIN;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_VXLAN;
  const flags = view.getUint8(at);
  if ((flags & (VERSION_MASK | VNI_IS_VALID | IS_OPERATIONS)) !== VNI_IS_VALID) return STATUS_PLAIN;
  const etherType =
    (flags & HAS_NEXT_PROTOCOL) === 0 ? ETHERTYPE_ETHERNET : etherTypeOf(view.getUint8(at + 3));
  if (packet.payloadBytes - HEADER_BYTES < smallestInnerBytes(etherType)) return STATUS_PLAIN;
  const vni = view.getInt32(at + 4, false) >>> 8;
  return enterTunnel(packet, ENCAPSULATION_VXLAN_GPE, vni, HEADER_BYTES, etherType);
}

function etherTypeOf(nextProtocol: number): number {
  switch (nextProtocol) {
    case 1:
      return ETHERTYPE_IPV4;
    case 2:
      return ETHERTYPE_IPV6;
    case 3:
      return ETHERTYPE_ETHERNET;
    default:
      return UNKNOWN_ETHERTYPE;
  }
}
