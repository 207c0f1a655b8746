import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";
import { decodeVlanTags, isVlanTag } from "./vlan.js";

// Own copies: see status.ts.
const { STATUS_COUNTED, STATUS_TRUNCATED_ETHERNET } = statuses;

const HEADER_BYTES = 14;

/** Destination and source address (6 bytes each), EtherType, VLAN tags (IEEE 802.3 clause 3). */
export function decodeEthernet(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_ETHERNET;
  const etherType = view.getUint16(at + 12, false);
  packet.offset = at + HEADER_BYTES;
  packet.etherType = etherType;
  return isVlanTag(etherType) ? decodeVlanTags(view, packet) : STATUS_COUNTED;
}
