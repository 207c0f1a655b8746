import {
  type DecodedPacket,
  TCP_RST as RST_FLAG,
  TCP_OPTION_TIMESTAMPS as TIMESTAMPS_BIT,
} from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";

// Own copies: see entry-layout.ts.
const {
  COLD_GROUP_WORDS,
  COLD_HANDSHAKE_US,
  COLD_HAS_HANDSHAKE,
  COLD_TIMESTAMP_ROUND_TRIPS,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_SAMPLING,
  ENTRY_SAMPLING_HANDSHAKE,
  ENTRY_SAMPLING_TIMESTAMP,
  ENTRY_STATE,
  HOT_WORDS,
  ROUND_TRIP_COUNT,
  ROUND_TRIP_SUM_US,
  SAMPLE_END,
  SAMPLE_US,
  STREAM_COLD_TOUCHED,
  STREAM_RARE_TOUCHED,
  STREAM_STATE,
} = layout;
const RST = RST_FLAG;
const TIMESTAMPS_OPTION = TIMESTAMPS_BIT;
const ANY_SAMPLE = ENTRY_SAMPLING | ENTRY_SAMPLING_HANDSHAKE | ENTRY_SAMPLING_TIMESTAMP;

/** A later answer is not taken for one to the sample: the real one was not seen. */
const LONGEST_ROUND_TRIP_US = 60e6;

export function startHandshakeSample(entries: FlowEntries, base: number, direction: number): void {
  const entryState = entries.hot[base + ENTRY_STATE] & ~(ANY_SAMPLE << direction);
  entries.hot[base + ENTRY_STATE] = entryState | ((ENTRY_SAMPLING | ENTRY_SAMPLING_HANDSHAKE) << direction);
}

/**
 * What the sample measures was sent again: an acknowledgement does not tell which sending it answers (Karn's algorithm).
 * The echo of its timestamp does (RFC 7323 section 4.1); without timestamps the sample is given up.
 */
export function sampleRetransmission(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  const { hot, hotDoubles } = entries;
  const base = index * HOT_WORDS;
  if ((hot[base + ENTRY_STATE] & (ENTRY_SAMPLING << direction)) === 0) return;
  if ((packet.tcpOptions & TIMESTAMPS_OPTION) === 0) {
    hot[base + ENTRY_STATE] &= ~(ANY_SAMPLE << direction);
    return;
  }
  hot[base + ENTRY_STATE] |= ENTRY_SAMPLING_TIMESTAMP << direction;
  hot[base + SAMPLE_END + direction] = packet.timestampValue;
  hotDoubles[(base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS + SAMPLE_US) >> 1] = packet.timeUs;
}

/** As {@link answerSample}, where the sample was sent again: only its own timestamp's echo answers it. */
export function answerByTimestamp(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  const { hot, cold } = entries;
  const base = index * HOT_WORDS;
  if ((packet.tcpOptions & TIMESTAMPS_OPTION) === 0) return;
  const ahead = (packet.timestampEcho - hot[base + SAMPLE_END + direction]) | 0;
  if (ahead < 0) return;
  const isData = (hot[base + ENTRY_STATE] & (ENTRY_SAMPLING_HANDSHAKE << direction)) === 0;
  if (ahead > 0) {
    // What is echoed was sent later: the answer to the sample itself was not seen.
    hot[base + ENTRY_STATE] &= ~(ANY_SAMPLE << direction);
    return;
  }
  answerSample(entries, index, direction, packet);
  if (!isData) return;
  cold[index * COLD_WORDS + direction * COLD_GROUP_WORDS + COLD_TIMESTAMP_ROUND_TRIPS]++;
  hot[base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS + STREAM_STATE] |= STREAM_RARE_TOUCHED;
}

/** The other direction acknowledged the sample of `direction`: `packet` is the acknowledgement. */
export function answerSample(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  const { hot, hotDoubles } = entries;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const entryState = hot[base + ENTRY_STATE];
  hot[base + ENTRY_STATE] = entryState & ~(ANY_SAMPLE << direction);
  const roundTripUs = packet.timeUs - hotDoubles[(line + SAMPLE_US) >> 1];
  if (roundTripUs < 0 || roundTripUs > LONGEST_ROUND_TRIP_US) return;
  if ((entryState & (ENTRY_SAMPLING_HANDSHAKE << direction)) === 0) {
    hotDoubles[(line + ROUND_TRIP_SUM_US) >> 1] += roundTripUs;
    hot[line + ROUND_TRIP_COUNT]++;
  } else if ((packet.tcpFlags & RST) === 0) {
    const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
    entries.coldDoubles[(group + COLD_HANDSHAKE_US) >> 1] = roundTripUs;
    entries.cold[group + COLD_HAS_HANDSHAKE] = 1;
    hot[line + STREAM_STATE] |= STREAM_COLD_TOUCHED;
  }
}

/** Gives the sample of `direction` up, if there is one. */
export function dropSample(entries: FlowEntries, base: number, direction: number): void {
  entries.hot[base + ENTRY_STATE] &= ~(ANY_SAMPLE << direction);
}
