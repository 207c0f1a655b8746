import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_COUNTED, STATUS_TRUNCATED_VLAN } = statuses;

const TAG_BYTES = 4;
const VLAN_ID_MASK = 0xfff;

/** IEEE 802.1Q, 802.1ad, and the tag protocol id that was in use before 802.1ad. */
export function isVlanTag(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;
}

/**
 * Steps over all tags at `packet.offset` (IEEE 802.1Q clause 9): each is tag control information, then the next EtherType.
 * The outermost id stays on the packet; id 0 (a priority tag) is none.
 */
export function decodeVlanTags(view: DataView, packet: DecodedPacket): number {
  let at = packet.offset;
  let etherType = packet.etherType;
  while (isVlanTag(etherType)) {
    if (at + TAG_BYTES > packet.end) return STATUS_TRUNCATED_VLAN;
    if (packet.vlan === 0) packet.vlan = view.getUint16(at, false) & VLAN_ID_MASK;
    etherType = view.getUint16(at + 2, false);
    at += TAG_BYTES;
  }
  packet.offset = at;
  packet.etherType = etherType;
  return STATUS_COUNTED;
}
