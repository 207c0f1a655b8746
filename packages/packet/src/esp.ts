import type { DecodedPacket } from "./decoded-packet.js";

/** Security parameters index (4) and sequence number (4). */
const HEADER_BYTES = 8;
/** 1 to 255 are reserved, and 0 is never sent. */
const LARGEST_RESERVED_INDEX = 255;

/** Whether a packet of protocol 50 looks like ESP (RFC 4303 section 2); where its header was not captured, the protocol says so. */
export function isEsp(view: DataView, packet: DecodedPacket): boolean {
  if (packet.payloadBytes < HEADER_BYTES) return false;
  if (packet.offset + HEADER_BYTES > packet.end) return true;
  return view.getUint32(packet.offset, false) > LARGEST_RESERVED_INDEX;
}
