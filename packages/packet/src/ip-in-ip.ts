import type { DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import * as etherTypes from "./ether-types.js";
import * as statuses from "./status.js";
import { enterTunnel, smallestInnerBytes } from "./tunnel.js";

// Own copies: see status.ts.
const { ENCAPSULATION_IPIP, ENCAPSULATION_SIT } = encapsulations;
const { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const { STATUS_PLAIN } = statuses;

const NO_IDENTIFIER = -1;

/** RFC 2003 section 3 (RFC 2473 section 3 over IPv6): an IPv4 packet stands where the transport header would. */
export function enterIpip(view: DataView, packet: DecodedPacket): number {
  return enterIp(view, packet, ENCAPSULATION_IPIP, 4, ETHERTYPE_IPV4);
}

/** RFC 4213 section 3 (RFC 2473 section 3 over IPv6): an IPv6 packet stands where the transport header would. */
export function enterSit(view: DataView, packet: DecodedPacket): number {
  return enterIp(view, packet, ENCAPSULATION_SIT, 6, ETHERTYPE_IPV6);
}

/** There is no header of the tunnel's own: the inner packet's version is all that can be plausible. */
function enterIp(
  view: DataView,
  packet: DecodedPacket,
  encapsulation: number,
  version: number,
  etherType: number,
): number {
  const at = packet.offset;
  if (packet.payloadBytes < smallestInnerBytes(etherType)) return STATUS_PLAIN;
  if (at < packet.end && view.getUint8(at) >> 4 !== version) return STATUS_PLAIN;
  return enterTunnel(packet, encapsulation, NO_IDENTIFIER, 0, etherType);
}
