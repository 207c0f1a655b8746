import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_TCP_HEADER_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_TCP } = statuses;

const MINIMUM_HEADER_BYTES = 20;
/** Ports, sequence number, acknowledgement, flags and window: a shorter snap length cannot be counted. */
const NEEDED_BYTES = 16;

/** RFC 9293 section 3.1. Options are stepped over. */
export function decodeTcp(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  const wireBytes = packet.wireEnd - at;
  if (wireBytes < MINIMUM_HEADER_BYTES) return STATUS_BAD_TCP_HEADER_LENGTH;
  if (at + NEEDED_BYTES > packet.end) return STATUS_TRUNCATED_TCP;
  const lengthAndFlags = view.getUint16(at + 12, false);
  const headerBytes = (lengthAndFlags >> 12) << 2;
  if (headerBytes < MINIMUM_HEADER_BYTES || headerBytes > wireBytes) return STATUS_BAD_TCP_HEADER_LENGTH;
  const ports = view.getInt32(at, false);
  packet.sourcePort = ports >>> 16;
  packet.destinationPort = ports & 0xffff;
  packet.sequence = view.getInt32(at + 4, false);
  packet.acknowledgement = view.getInt32(at + 8, false);
  packet.tcpFlags = lengthAndFlags & 0xff;
  packet.window = view.getUint16(at + 14, false);
  packet.payloadBytes = wireBytes - headerBytes;
  packet.offset = at + headerBytes;
  return STATUS_COUNTED;
}
