import type { DecodedPacket } from "./decoded-packet.js";
import * as chunkBits from "./sctp-chunks.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_BAD_SCTP_LENGTH, STATUS_COUNTED, STATUS_TRUNCATED_SCTP } = statuses;
const {
  SCTP_ABORT,
  SCTP_COOKIE,
  SCTP_DATA,
  SCTP_ERROR,
  SCTP_HEARTBEAT,
  SCTP_INIT,
  SCTP_INIT_ACK,
  SCTP_OTHER,
  SCTP_SACK,
  SCTP_SHUTDOWN,
} = chunkBits;

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 4;

const DATA = 0;
const I_DATA = 64;
/** Before the user data (RFC 9260 section 3.3.1, RFC 8260 section 2.1). */
const DATA_HEADER_BYTES = 16;
const I_DATA_HEADER_BYTES = 20;

/**
 * RFC 9260 section 3.1: the ports of the common header, then the chunks (section 3.2): type (1), flags (1), length (2), value.
 *
 * The payload is the user data of DATA and I-DATA chunks by the lengths that the chunks state, captured or not. Chunks are found as far as
 * their headers were captured: what is bundled behind them is not known. A chunk whose length is none ends the reading; the packet counts.
 */
export function decodeSctp(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.wireEnd - at < HEADER_BYTES) return STATUS_BAD_SCTP_LENGTH;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_SCTP;
  packet.sourcePort = view.getUint16(at, false);
  packet.destinationPort = view.getUint16(at + 2, false);
  packet.offset = at + HEADER_BYTES;
  readChunks(view, packet);
  return STATUS_COUNTED;
}

function readChunks(view: DataView, packet: DecodedPacket): void {
  let chunks = 0;
  let dataBytes = 0;
  let at = packet.offset;
  while (at + CHUNK_HEADER_BYTES <= packet.end) {
    const type = view.getUint8(at);
    const length = view.getUint16(at + 2, false);
    if (length < CHUNK_HEADER_BYTES) break;
    chunks |= bitOf(type);
    if (type === DATA || type === I_DATA) {
      const headerBytes = type === DATA ? DATA_HEADER_BYTES : I_DATA_HEADER_BYTES;
      // The first of several IP fragments carries less than the chunk.
      const userBytes = Math.min(length, packet.wireEnd - at) - headerBytes;
      if (userBytes > 0) dataBytes += userBytes;
    }
    // Chunks are padded to 4 bytes, which their length leaves out.
    at += (length + 3) & ~3;
  }
  packet.hasRareFields = 1;
  packet.sctpChunks = chunks;
  packet.payloadBytes = dataBytes;
}

/** By the numbers of RFC 9260 section 3.2. */
function bitOf(type: number): number {
  switch (type) {
    case DATA:
    case I_DATA:
      return SCTP_DATA;
    case 1:
      return SCTP_INIT;
    case 2:
      return SCTP_INIT_ACK;
    case 3:
      return SCTP_SACK;
    case 4:
    case 5:
      return SCTP_HEARTBEAT;
    case 6:
      return SCTP_ABORT;
    case 7:
    case 8:
    case 14:
      return SCTP_SHUTDOWN;
    case 9:
      return SCTP_ERROR;
    case 10:
    case 11:
      return SCTP_COOKIE;
    default:
      return SCTP_OTHER;
  }
}
