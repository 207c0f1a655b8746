import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";
import { clearTcp } from "./tcp.js";

// Own copies: see status.ts.
const { STATUS_COUNTED, STATUS_FRAGMENT } = statuses;

/**
 * A fragment of an IPv4 (RFC 791 section 3.2) or IPv6 packet (RFC 8200 section 4.5); `packet` stands behind the headers that each
 * fragment repeats. The first one goes on to its transport header; later ones have none, and all that they carry is payload.
 *
 * @param offsetBytes of the fragment in the original packet's payload
 * @param more 1 where it is not the last one
 */
export function decodeFragment(packet: DecodedPacket, id: number, offsetBytes: number, more: number): number {
  packet.hasRareFields = 1;
  packet.fragmentId = id;
  packet.fragmentOffset = offsetBytes;
  packet.moreFragments = more;
  if (offsetBytes === 0) {
    packet.isFirstFragment = more;
    packet.fragmentStart = packet.offset;
    return STATUS_COUNTED;
  }
  clearTcp(packet);
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.payloadBytes = packet.wireEnd - packet.offset;
  return STATUS_FRAGMENT;
}
