import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../packet/src/tcp-flags";
import { TCP_OPTION_SACK } from "../../packet/src/tcp-option-bits";
import { CLOSING_FIN, CLOSING_RST } from "../src/row-flags";
import {
  coldOf,
  DirectionLine,
  ENTRY_CLOSED,
  ENTRY_INITIATOR_HIGH,
  ENTRY_INITIATOR_LOW,
  ENTRY_SAMPLING,
  ENTRY_SAMPLING_TIMESTAMP,
  Entry,
  lineOf,
  STREAM_COLD_TOUCHED,
  STREAM_FIN_SEEN,
  STREAM_HAS_ACKNOWLEDGED,
  STREAM_HAS_HOLES,
  STREAM_HAS_NEXT,
  STREAM_RARE_TOUCHED,
  STREAM_SYN_SEEN,
  sampleEndOf,
} from "./entry";
import { Packet } from "./packet";
import {
  answerByTimestamp,
  answerSample,
  sampleRetransmission,
  startHandshakeSample,
  startSample,
} from "./round-trip-samples";
import { coverSequence, forgetHoles } from "./sequence-coverage";

const SYN_FIN_RST: i32 = TCP_SYN | TCP_FIN | TCP_RST;

/**
 * Whether a SYN begins another connection in an entry that has the same tuple: the entry is closed or closing, or was
 * opened by another sequence number. A SYN that is sent again keeps its number.
 */
export function beginsAnew(entry: Entry, packet: Packet): bool {
  const state = lineOf(entry, packet.direction).state;
  if ((state & STREAM_SYN_SEEN) !== 0)
    return coldOf(entry, packet.direction).initialSequence !== packet.sequence;
  const reply = lineOf(entry, 1 - packet.direction).state;
  // Without a SYN before it: data or an end was seen. A SYN-ACK that overtook its SYN is neither.
  const ended = (entry.state & ENTRY_CLOSED) !== 0 || (reply & STREAM_FIN_SEEN) !== 0;
  return ended || (state & STREAM_HAS_NEXT) !== 0;
}

/**
 * Counts what is TCP's own in a packet that has been counted: sequence space, round trips, flags.
 *
 * @returns whether the connection is closed by this packet
 */
export function countTcp(entry: Entry, line: DirectionLine, packet: Packet): bool {
  const direction = packet.direction;
  const flags = packet.tcpFlags;
  let state = line.state | flags;
  if ((flags & TCP_ACK) !== 0) {
    line.lastAcknowledgement = packet.acknowledgement;
    state |= STREAM_HAS_ACKNOWLEDGED;
    if ((packet.tcpOptions & TCP_OPTION_SACK) !== 0) {
      state |= STREAM_COLD_TOUCHED;
      coldOf(entry, direction).tcpOptions |= TCP_OPTION_SACK;
    }
    answerOther(entry, 1 - direction, packet);
  }
  line.state = state;

  if ((flags & SYN_FIN_RST) !== 0 || packet.window === 0) return countControl(entry, packet);
  const payloadBytes = packet.payloadBytes;
  if (payloadBytes === 0) return false;
  const sequence = packet.sequence;
  if ((state & (STREAM_HAS_NEXT | STREAM_HAS_HOLES)) !== STREAM_HAS_NEXT || sequence !== line.nextSequence) {
    coverSequence(entry, direction, packet, sequence, payloadBytes);
    return false;
  }
  const end = sequence + payloadBytes;
  line.nextSequence = end;
  if ((entry.state & (ENTRY_SAMPLING << direction)) === 0) startSample(entry, direction, end, packet.timeUs);
  return false;
}

/** Whether the acknowledgement of `packet` answers the sample of the direction `other`. */
function answerOther(entry: Entry, other: i32, packet: Packet): void {
  const state = entry.state;
  if ((state & (ENTRY_SAMPLING << other)) === 0) return;
  if ((state & (ENTRY_SAMPLING_TIMESTAMP << other)) !== 0) answerByTimestamp(entry, other, packet);
  else if (packet.acknowledgement - sampleEndOf(entry, other) >= 0) answerSample(entry, other, packet);
}

/** SYN, FIN, RST and closed windows. */
function countControl(entry: Entry, packet: Packet): bool {
  const direction = packet.direction;
  const line = lineOf(entry, direction);
  const cold = coldOf(entry, direction);
  const flags = packet.tcpFlags;
  line.state |= STREAM_COLD_TOUCHED;
  let payloadSequence = packet.sequence;
  if ((flags & TCP_SYN) !== 0) {
    countSyn(entry, packet);
    payloadSequence++;
  }
  if ((flags & SYN_FIN_RST) === 0) {
    cold.zeroWindowPackets++;
    line.state |= STREAM_RARE_TOUCHED;
  }
  if ((flags & TCP_RST) !== 0) {
    // Its payload, if any, is a message to people (RFC 9293 section 3.5.2), and its number need not fit.
    cold.rstPackets++;
    const closes = closeEntry(entry);
    if (closes) cold.closing = CLOSING_RST;
    return closes;
  }
  const payloadBytes = packet.payloadBytes;
  if (payloadBytes > 0) coverSequence(entry, direction, packet, payloadSequence, payloadBytes);
  if ((flags & TCP_FIN) === 0) return false;
  cold.finPackets++;
  // Of a fragmented segment only the beginning is here: its FIN stands behind bytes that are still to come.
  if (packet.hasRareFields !== 0 && packet.isFirstFragment !== 0) return endDirection(entry, direction);
  const finSequence = payloadSequence + payloadBytes;
  // A FIN above the next number says that data before it is missing.
  if (payloadBytes === 0 && finSequence - line.nextSequence > 0)
    coverSequence(entry, direction, packet, finSequence, 0);
  if ((line.state & STREAM_HAS_NEXT) !== 0 && finSequence === line.nextSequence) line.nextSequence++;
  return endDirection(entry, direction);
}

/**
 * One direction says that it sends no more.
 *
 * @returns whether the connection is closed by it
 */
export function endDirection(entry: Entry, direction: i32): bool {
  const line = lineOf(entry, direction);
  const isSecond = (lineOf(entry, 1 - direction).state & STREAM_FIN_SEEN) !== 0;
  if (!isSecond && (line.state & STREAM_FIN_SEEN) === 0) coldOf(entry, direction).closing = CLOSING_FIN;
  line.state |= STREAM_FIN_SEEN | STREAM_COLD_TOUCHED;
  return isSecond ? closeEntry(entry) : false;
}

/** @returns whether it was open */
export function closeEntry(entry: Entry): bool {
  const wasOpen = (entry.state & ENTRY_CLOSED) === 0;
  entry.state |= ENTRY_CLOSED;
  return wasOpen;
}

function countSyn(entry: Entry, packet: Packet): void {
  const direction = packet.direction;
  const line = lineOf(entry, direction);
  const cold = coldOf(entry, direction);
  const sequence = packet.sequence;
  if ((packet.tcpFlags & TCP_ACK) !== 0) {
    cold.synAckPackets++;
    learnInitiator(entry, 1 - direction);
  } else {
    cold.synPackets++;
    learnInitiator(entry, direction);
  }
  cold.tcpOptions |= packet.tcpOptions;
  cold.maximumSegmentSize = packet.mss;
  cold.windowScale = packet.windowScale + 1;
  if ((line.state & STREAM_SYN_SEEN) !== 0 && cold.initialSequence === sequence) {
    sampleRetransmission(entry, direction, packet);
    return;
  }
  cold.initialSequence = sequence;
  line.nextSequence = sequence + 1;
  startHandshakeSample(entry, direction, sequence + 1, packet.timeUs);
  forgetHoles(entry, direction);
  line.state |= STREAM_SYN_SEEN | STREAM_HAS_NEXT;
}

/** Who began the connection, where that is not known yet: the sender of this direction. */
export function learnInitiator(entry: Entry, direction: i32): void {
  if ((entry.state & (ENTRY_INITIATOR_LOW | ENTRY_INITIATOR_HIGH)) !== 0) return;
  entry.state |= direction === 0 ? ENTRY_INITIATOR_LOW : ENTRY_INITIATOR_HIGH;
}
