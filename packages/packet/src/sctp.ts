import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_SCTP_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_SCTP } = statuses;

const HEADER_BYTES = 12;

/** RFC 9260 section 3.1: the ports of the common header. The chunks after it are the payload. */
export function decodeSctp(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.wireEnd - at < HEADER_BYTES) return STATUS_BAD_SCTP_LENGTH;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_SCTP;
  packet.sourcePort = view.getUint16(at, false);
  packet.destinationPort = view.getUint16(at + 2, false);
  packet.payloadBytes = packet.wireEnd - at - HEADER_BYTES;
  packet.offset = at + HEADER_BYTES;
  return STATUS_COUNTED;
}
