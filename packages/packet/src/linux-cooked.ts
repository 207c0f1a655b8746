import type { DecodedPacket } from "./decoded-packet.js";
import * as directions from "./directions.js";
import * as statuses from "./status.js";
import { decodeVlanTags } from "./vlan.js";

// Own copies: see status.ts.
const { STATUS_TRUNCATED_LINUX_COOKED } = statuses;
const { DIRECTION_EGRESS, DIRECTION_INGRESS, DIRECTION_UNKNOWN } = directions;

const V1_HEADER_BYTES = 16;
const V2_HEADER_BYTES = 20;
/** PACKET_OUTGOING of linux/if_packet.h: sent by this host. */
const PACKET_OUTGOING = 4;

/** LINKTYPE_LINUX_SLL: packet type (2), ARPHRD type (2), address length (2), address (8), protocol (2). */
export function decodeLinuxCookedV1(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (at + V1_HEADER_BYTES > packet.end) return STATUS_TRUNCATED_LINUX_COOKED;
  learnDirection(packet, view.getUint16(at, false));
  packet.etherType = view.getUint16(at + 14, false);
  packet.offset = at + V1_HEADER_BYTES;
  return decodeVlanTags(view, packet);
}

/**
 * LINKTYPE_LINUX_SLL2: protocol (2), reserved (2), interface index (4), ARPHRD type (2), packet type (1),
 * address length (1), address (8).
 */
export function decodeLinuxCookedV2(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (at + V2_HEADER_BYTES > packet.end) return STATUS_TRUNCATED_LINUX_COOKED;
  learnDirection(packet, view.getUint8(at + 10));
  packet.etherType = view.getUint16(at, false);
  packet.offset = at + V2_HEADER_BYTES;
  return decodeVlanTags(view, packet);
}

function learnDirection(packet: DecodedPacket, packetType: number): void {
  if (packet.direction !== DIRECTION_UNKNOWN) return;
  packet.direction = packetType === PACKET_OUTGOING ? DIRECTION_EGRESS : DIRECTION_INGRESS;
}
