import {
  SCTP_ABORT as ABORT_CHUNK,
  type DecodedPacket,
  SCTP_INIT_ACK as INIT_ACK_CHUNK,
  SCTP_INIT as INIT_CHUNK,
  PROTOCOL_SCTP as SCTP_PROTOCOL,
  SCTP_SHUTDOWN as SHUTDOWN_CHUNK,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";
import * as hop from "./hop-rows.js";
import { answerSample } from "./round-trip-samples.js";
import { closeEntry, endDirection, learnInitiator } from "./tcp-accounting.js";

// Own copies: see entry-layout.ts.
const {
  COLD_CLOSING,
  COLD_FIN,
  COLD_GROUP_WORDS,
  COLD_RST,
  COLD_SYN,
  COLD_SYN_ACK,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_SAMPLING,
  ENTRY_SAMPLING_HANDSHAKE,
  ENTRY_STATE,
  HOT_WORDS,
  SAMPLE_US,
  STREAM_SYN_SEEN,
  STREAM_COLD_TOUCHED,
  STREAM_STATE,
} = layout;
const { CLOSING_RST } = hop;
const PROTOCOL_SCTP = SCTP_PROTOCOL;
const CONTROL_CHUNKS = INIT_CHUNK | INIT_ACK_CHUNK | ABORT_CHUNK | SHUTDOWN_CHUNK;

/**
 * Counts what begins and ends an SCTP association (RFC 9260 sections 5.1 and 9) where TCP has its like: INIT as SYN, INIT ACK
 * as SYN-ACK, SHUTDOWN as FIN, ABORT as RST; the handshake's round trip is INIT to INIT ACK.
 *
 * @returns 1 where the association is closed by this packet, else 0
 */
export function countSctp(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): number {
  if (packet.protocol !== PROTOCOL_SCTP || (packet.sctpChunks & CONTROL_CHUNKS) === 0) return 0;
  const { hot, hotDoubles, cold } = entries;
  const chunks = packet.sctpChunks;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  hot[line + STREAM_STATE] |= STREAM_COLD_TOUCHED;
  if ((chunks & INIT_CHUNK) !== 0) {
    cold[group + COLD_SYN]++;
    hot[line + STREAM_STATE] |= TCP_SYN;
    learnInitiator(entries, base, direction);
    // One that is sent again: the INIT ACK does not tell which it answers.
    if ((hot[line + STREAM_STATE] & STREAM_SYN_SEEN) !== 0)
      hot[base + ENTRY_STATE] &= ~((ENTRY_SAMPLING | ENTRY_SAMPLING_HANDSHAKE) << direction);
    else {
      hot[base + ENTRY_STATE] |= (ENTRY_SAMPLING | ENTRY_SAMPLING_HANDSHAKE) << direction;
      hotDoubles[(line + SAMPLE_US) >> 1] = packet.timeUs;
    }
    hot[line + STREAM_STATE] |= STREAM_SYN_SEEN;
  }
  if ((chunks & INIT_ACK_CHUNK) !== 0) {
    const other = 1 - direction;
    cold[group + COLD_SYN_ACK]++;
    hot[line + STREAM_STATE] |= TCP_SYN | TCP_ACK;
    learnInitiator(entries, base, other);
    if ((hot[base + ENTRY_STATE] & (ENTRY_SAMPLING << other)) !== 0)
      answerSample(entries, index, other, packet);
  }
  if ((chunks & ABORT_CHUNK) !== 0) {
    cold[group + COLD_RST]++;
    hot[line + STREAM_STATE] |= TCP_RST;
    const closes = closeEntry(entries, base);
    if (closes !== 0) cold[group + COLD_CLOSING] = CLOSING_RST;
    return closes;
  }
  if ((chunks & SHUTDOWN_CHUNK) === 0) return 0;
  cold[group + COLD_FIN]++;
  hot[line + STREAM_STATE] |= TCP_FIN;
  return endDirection(entries, index, direction);
}
