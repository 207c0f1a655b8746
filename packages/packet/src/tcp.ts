import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";
import { TCP_OPTION_TIMESTAMPS as TIMESTAMPS_BIT } from "./tcp-option-bits.js";
import { decodeTcpOptions } from "./tcp-options.js";

// Own copies: see status.ts.
const { STATUS_BAD_TCP_HEADER_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_TCP } = statuses;
const TCP_OPTION_TIMESTAMPS = TIMESTAMPS_BIT;

const MINIMUM_HEADER_BYTES = 20;
/** Ports, sequence number, acknowledgement, flags and window: a shorter snap length cannot be counted. */
const NEEDED_BYTES = 16;

/** Header of a segment whose only option is the timestamps, and how the options begin: two no-operations, kind 8, length 10. */
const TIMESTAMPS_HEADER_BYTES = 32;
const ALIGNED_TIMESTAMPS = 0x0101080a;

/** RFC 9293 section 3.1. Options that were not captured, or are broken, are left out; the segment counts. */
export function decodeTcp(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  const wireBytes = packet.wireEnd - at;
  if (wireBytes < MINIMUM_HEADER_BYTES) return STATUS_BAD_TCP_HEADER_LENGTH;
  if (at + NEEDED_BYTES > packet.end) return STATUS_TRUNCATED_TCP;
  // Header length (4 bits), reserved (4), flags (8), window (16).
  const fourthWord = view.getInt32(at + 12, false);
  const headerBytes = (fourthWord >>> 26) & 0x3c;
  if (headerBytes < MINIMUM_HEADER_BYTES || headerBytes > wireBytes) return STATUS_BAD_TCP_HEADER_LENGTH;
  const ports = view.getInt32(at, false);
  packet.sourcePort = ports >>> 16;
  packet.destinationPort = ports & 0xffff;
  packet.sequence = view.getInt32(at + 4, false);
  packet.acknowledgement = view.getInt32(at + 8, false);
  packet.tcpFlags = (fourthWord >>> 16) & 0xff;
  packet.window = fourthWord & 0xffff;
  packet.payloadBytes = wireBytes - headerBytes;
  packet.offset = at + headerBytes;
  if (headerBytes === MINIMUM_HEADER_BYTES) packet.tcpOptions = 0;
  else if (
    // Nearly every segment of a connection has just these (RFC 7323 appendix A).
    headerBytes === TIMESTAMPS_HEADER_BYTES &&
    at + TIMESTAMPS_HEADER_BYTES <= packet.end &&
    view.getInt32(at + 20, false) === ALIGNED_TIMESTAMPS
  ) {
    packet.tcpOptions = TCP_OPTION_TIMESTAMPS;
    packet.timestampValue = view.getInt32(at + 24, false);
    packet.timestampEcho = view.getInt32(at + 28, false);
  } else decodeTcpOptions(view, packet, at, headerBytes);
  return STATUS_COUNTED;
}

/** What a packet that is no TCP segment has in TCP's fields. */
export function clearTcp(packet: DecodedPacket): void {
  packet.tcpFlags = 0;
  packet.sequence = 0;
  packet.acknowledgement = 0;
  packet.window = 0;
  packet.tcpOptions = 0;
}
