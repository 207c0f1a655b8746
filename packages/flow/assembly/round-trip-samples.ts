import { TCP_RST } from "../../packet/src/tcp-flags";
import { TCP_OPTION_TIMESTAMPS } from "../../packet/src/tcp-option-bits";
import {
  coldOf,
  ENTRY_SAMPLING,
  ENTRY_SAMPLING_HANDSHAKE,
  ENTRY_SAMPLING_TIMESTAMP,
  Entry,
  lineOf,
  STREAM_COLD_TOUCHED,
  STREAM_RARE_TOUCHED,
  sampleEndOf,
  setSampleEnd,
} from "./entry";
import { Packet } from "./packet";

const ANY_SAMPLE: i32 = ENTRY_SAMPLING | ENTRY_SAMPLING_HANDSHAKE | ENTRY_SAMPLING_TIMESTAMP;

/** A later answer is not taken for one to the sample: the real one was not seen. */
const LONGEST_ROUND_TRIP_US: f64 = 60e6;

/** The acknowledgement of `end` will answer what passes now. */
export function startSample(entry: Entry, direction: i32, end: i32, timeUs: f64): void {
  entry.state |= ENTRY_SAMPLING << direction;
  setSampleEnd(entry, direction, end);
  lineOf(entry, direction).sampleUs = timeUs;
}

export function startHandshakeSample(entry: Entry, direction: i32, end: i32, timeUs: f64): void {
  dropSample(entry, direction);
  entry.state |= ENTRY_SAMPLING_HANDSHAKE << direction;
  startSample(entry, direction, end, timeUs);
}

/**
 * What the sample measures was sent again: an acknowledgement does not tell which sending it answers (Karn's algorithm).
 * The echo of its timestamp does (RFC 7323 section 4.1); without timestamps the sample is given up.
 */
export function sampleRetransmission(entry: Entry, direction: i32, packet: Packet): void {
  if ((entry.state & (ENTRY_SAMPLING << direction)) === 0) return;
  if ((packet.tcpOptions & TCP_OPTION_TIMESTAMPS) === 0) {
    dropSample(entry, direction);
    return;
  }
  entry.state |= ENTRY_SAMPLING_TIMESTAMP << direction;
  setSampleEnd(entry, direction, packet.timestampValue);
  lineOf(entry, direction).sampleUs = packet.timeUs;
}

/** As {@link answerSample}, where the sample was sent again: only its own timestamp's echo answers it. */
export function answerByTimestamp(entry: Entry, direction: i32, packet: Packet): void {
  if ((packet.tcpOptions & TCP_OPTION_TIMESTAMPS) === 0) return;
  const ahead = packet.timestampEcho - sampleEndOf(entry, direction);
  if (ahead < 0) return;
  const isData = (entry.state & (ENTRY_SAMPLING_HANDSHAKE << direction)) === 0;
  if (ahead > 0) {
    // What is echoed was sent later: the answer to the sample itself was not seen.
    dropSample(entry, direction);
    return;
  }
  answerSample(entry, direction, packet);
  if (!isData) return;
  coldOf(entry, direction).timestampRoundTrips++;
  lineOf(entry, direction).state |= STREAM_RARE_TOUCHED;
}

/** The other direction acknowledged the sample of `direction`: `packet` is the acknowledgement. */
export function answerSample(entry: Entry, direction: i32, packet: Packet): void {
  const line = lineOf(entry, direction);
  const isHandshake = (entry.state & (ENTRY_SAMPLING_HANDSHAKE << direction)) !== 0;
  dropSample(entry, direction);
  const roundTripUs = packet.timeUs - line.sampleUs;
  if (roundTripUs < 0 || roundTripUs > LONGEST_ROUND_TRIP_US) return;
  if (!isHandshake) {
    line.roundTripSumUs += roundTripUs;
    line.roundTripCount++;
  } else if ((packet.tcpFlags & TCP_RST) === 0) {
    const cold = coldOf(entry, direction);
    cold.handshakeUs = roundTripUs;
    cold.hasHandshake = 1;
    line.state |= STREAM_COLD_TOUCHED;
  }
}

/** Gives the sample of `direction` up, if there is one. */
export function dropSample(entry: Entry, direction: i32): void {
  entry.state &= ~(ANY_SAMPLE << direction);
}
