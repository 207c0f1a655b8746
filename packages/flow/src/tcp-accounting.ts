import {
  TCP_ACK as ACK_FLAG,
  type DecodedPacket,
  TCP_FIN as FIN_FLAG,
  TCP_RST as RST_FLAG,
  TCP_OPTION_SACK as SACK_BIT,
  TCP_SYN as SYN_FLAG,
} from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";
import * as hop from "./hop-rows.js";
import {
  answerByTimestamp,
  answerSample,
  sampleRetransmission,
  startHandshakeSample,
} from "./round-trip-samples.js";
import { coverSequence, forgetHoles } from "./sequence-coverage.js";

// Own copies: see entry-layout.ts.
const {
  COLD_CLOSING,
  COLD_FIN,
  COLD_GROUP_WORDS,
  COLD_INITIAL_SEQUENCE,
  COLD_MAXIMUM_SEGMENT_SIZE,
  COLD_RST,
  COLD_SYN,
  COLD_SYN_ACK,
  COLD_TCP_OPTIONS,
  COLD_WINDOW_SCALE,
  COLD_WORDS,
  COLD_ZERO_WINDOW,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_CLOSED,
  ENTRY_INITIATOR_HIGH,
  ENTRY_INITIATOR_LOW,
  ENTRY_SAMPLING,
  ENTRY_SAMPLING_TIMESTAMP,
  ENTRY_STATE,
  HOT_WORDS,
  LAST_ACKNOWLEDGEMENT,
  NEXT_SEQUENCE,
  SAMPLE_END,
  SAMPLE_US,
  STREAM_COLD_TOUCHED,
  STREAM_FIN_SEEN,
  STREAM_HAS_ACKNOWLEDGED,
  STREAM_HAS_HOLES,
  STREAM_HAS_NEXT,
  STREAM_RARE_TOUCHED,
  STREAM_STATE,
  STREAM_SYN_SEEN,
} = layout;
const ACK = ACK_FLAG;
const FIN = FIN_FLAG;
const RST = RST_FLAG;
const SYN = SYN_FLAG;
const SYN_FIN_RST = SYN | FIN | RST;
const SACK_OPTION = SACK_BIT;
const { CLOSING_FIN, CLOSING_RST } = hop;

/**
 * Whether a SYN begins another connection in an entry that has the same tuple: the entry is closed or closing, or was
 * opened by another sequence number. A SYN that is sent again keeps its number.
 *
 * @param direction of the SYN in the entry
 */
export function beginsAnew(
  entries: FlowEntries,
  index: number,
  direction: number,
  sequence: number,
): boolean {
  const hot = entries.hot;
  const base = index * HOT_WORDS;
  const state = hot[base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS + STREAM_STATE];
  if ((state & STREAM_SYN_SEEN) !== 0) {
    const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
    return entries.cold[group + COLD_INITIAL_SEQUENCE] !== sequence;
  }
  const reply = hot[base + DIRECTION_LINE + (1 - direction) * DIRECTION_LINE_WORDS + STREAM_STATE];
  // Without a SYN before it: data or an end was seen. A SYN-ACK that overtook its SYN is neither.
  const ended = (hot[base + ENTRY_STATE] & ENTRY_CLOSED) !== 0 || (reply & STREAM_FIN_SEEN) !== 0;
  return ended || (state & STREAM_HAS_NEXT) !== 0;
}

/**
 * Counts what is TCP's own in a packet that has been counted: sequence space, round trips, flags.
 *
 * @param direction of the packet in the entry
 * @returns 1 where the connection is closed by this packet, else 0
 */
export function countTcp(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): number {
  const hot = entries.hot;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const flags = packet.tcpFlags;
  const payloadBytes = packet.payloadBytes;
  let state = hot[line + STREAM_STATE] | flags;

  if ((flags & ACK) !== 0) {
    const acknowledgement = packet.acknowledgement;
    const other = 1 - direction;
    hot[line + LAST_ACKNOWLEDGEMENT] = acknowledgement;
    state |= STREAM_HAS_ACKNOWLEDGED;
    const entryState = hot[base + ENTRY_STATE];
    if ((entryState & (ENTRY_SAMPLING << other)) !== 0) {
      if ((entryState & (ENTRY_SAMPLING_TIMESTAMP << other)) !== 0)
        answerByTimestamp(entries, index, other, packet);
      else if (((acknowledgement - hot[base + SAMPLE_END + other]) | 0) >= 0)
        answerSample(entries, index, other, packet);
    }
    if ((packet.tcpOptions & SACK_OPTION) !== 0) {
      state |= STREAM_COLD_TOUCHED;
      entries.cold[index * COLD_WORDS + direction * COLD_GROUP_WORDS + COLD_TCP_OPTIONS] |= SACK_OPTION;
    }
  }

  hot[line + STREAM_STATE] = state;
  if ((flags & SYN_FIN_RST) !== 0 || packet.window === 0)
    return countControl(entries, index, direction, packet);
  if (payloadBytes === 0) return 0;
  const sequence = packet.sequence;
  if (
    (state & (STREAM_HAS_NEXT | STREAM_HAS_HOLES)) !== STREAM_HAS_NEXT ||
    sequence !== hot[line + NEXT_SEQUENCE]
  ) {
    coverSequence(entries, index, direction, packet, sequence, payloadBytes);
    return 0;
  }
  const end = (sequence + payloadBytes) | 0;
  hot[line + NEXT_SEQUENCE] = end;
  const sampling = ENTRY_SAMPLING << direction;
  if ((hot[base + ENTRY_STATE] & sampling) === 0) {
    hot[base + ENTRY_STATE] |= sampling;
    hot[base + SAMPLE_END + direction] = end;
    entries.hotDoubles[(line + SAMPLE_US) >> 1] = packet.timeUs;
  }
  return 0;
}

/** SYN, FIN, RST and closed windows. */
function countControl(entries: FlowEntries, index: number, direction: number, packet: DecodedPacket): number {
  const hot = entries.hot;
  const cold = entries.cold;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  const flags = packet.tcpFlags;
  hot[line + STREAM_STATE] |= STREAM_COLD_TOUCHED;
  let payloadSequence = packet.sequence;
  if ((flags & SYN) !== 0) {
    countSyn(entries, index, direction, packet);
    payloadSequence = (payloadSequence + 1) | 0;
  }
  if ((flags & SYN_FIN_RST) === 0) {
    cold[group + COLD_ZERO_WINDOW]++;
    hot[line + STREAM_STATE] |= STREAM_RARE_TOUCHED;
  }
  if ((flags & RST) !== 0) {
    // Its payload, if any, is a message to people (RFC 9293 section 3.5.2), and its number need not fit.
    cold[group + COLD_RST]++;
    const closes = closeEntry(entries, base);
    if (closes !== 0) cold[group + COLD_CLOSING] = CLOSING_RST;
    return closes;
  }
  const payloadBytes = packet.payloadBytes;
  if (payloadBytes > 0) coverSequence(entries, index, direction, packet, payloadSequence, payloadBytes);
  if ((flags & FIN) === 0) return 0;
  cold[group + COLD_FIN]++;
  // Of a fragmented segment only the beginning is here: its FIN stands behind bytes that are still to come.
  if (packet.isFirstFragment !== 0) return endDirection(entries, index, direction);
  const finSequence = (payloadSequence + payloadBytes) | 0;
  // A FIN above the next number says that data before it is missing.
  if (payloadBytes === 0 && ((finSequence - hot[line + NEXT_SEQUENCE]) | 0) > 0)
    coverSequence(entries, index, direction, packet, finSequence, 0);
  if ((hot[line + STREAM_STATE] & STREAM_HAS_NEXT) !== 0 && finSequence === hot[line + NEXT_SEQUENCE])
    hot[line + NEXT_SEQUENCE] = (finSequence + 1) | 0;
  return endDirection(entries, index, direction);
}

/**
 * One direction says that it sends no more.
 *
 * @returns 1 where the connection is closed by it, else 0
 */
export function endDirection(entries: FlowEntries, index: number, direction: number): number {
  const { hot, cold } = entries;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const other = base + DIRECTION_LINE + (1 - direction) * DIRECTION_LINE_WORDS;
  const isSecond = (hot[other + STREAM_STATE] & STREAM_FIN_SEEN) !== 0;
  if (!isSecond && (hot[line + STREAM_STATE] & STREAM_FIN_SEEN) === 0)
    cold[index * COLD_WORDS + direction * COLD_GROUP_WORDS + COLD_CLOSING] = CLOSING_FIN;
  hot[line + STREAM_STATE] |= STREAM_FIN_SEEN | STREAM_COLD_TOUCHED;
  return isSecond ? closeEntry(entries, base) : 0;
}

/** @returns 1 where it was open */
export function closeEntry(entries: FlowEntries, base: number): number {
  const entryState = entries.hot[base + ENTRY_STATE];
  entries.hot[base + ENTRY_STATE] = entryState | ENTRY_CLOSED;
  return (entryState & ENTRY_CLOSED) === 0 ? 1 : 0;
}

function countSyn(entries: FlowEntries, index: number, direction: number, packet: DecodedPacket): void {
  const hot = entries.hot;
  const cold = entries.cold;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  const answers = (packet.tcpFlags & ACK) !== 0;
  cold[group + (answers ? COLD_SYN_ACK : COLD_SYN)]++;
  learnInitiator(entries, base, answers ? 1 - direction : direction);
  cold[group + COLD_TCP_OPTIONS] |= packet.tcpOptions;
  cold[group + COLD_MAXIMUM_SEGMENT_SIZE] = packet.mss;
  cold[group + COLD_WINDOW_SCALE] = packet.windowScale + 1;
  const state = hot[line + STREAM_STATE];
  const sequence = packet.sequence;
  if ((state & STREAM_SYN_SEEN) !== 0 && cold[group + COLD_INITIAL_SEQUENCE] === sequence) {
    sampleRetransmission(entries, index, direction, packet);
    return;
  }
  const next = (sequence + 1) | 0;
  cold[group + COLD_INITIAL_SEQUENCE] = sequence;
  hot[line + NEXT_SEQUENCE] = next;
  hot[base + SAMPLE_END + direction] = next;
  startHandshakeSample(entries, base, direction);
  entries.hotDoubles[(line + SAMPLE_US) >> 1] = packet.timeUs;
  forgetHoles(entries, index, direction);
  hot[line + STREAM_STATE] |= STREAM_SYN_SEEN | STREAM_HAS_NEXT;
}

/** Who began the connection, where that is not known yet: the sender of this direction. */
export function learnInitiator(entries: FlowEntries, base: number, direction: number): void {
  if ((entries.hot[base + ENTRY_STATE] & (ENTRY_INITIATOR_LOW | ENTRY_INITIATOR_HIGH)) !== 0) return;
  entries.hot[base + ENTRY_STATE] |= direction === 0 ? ENTRY_INITIATOR_LOW : ENTRY_INITIATOR_HIGH;
}
