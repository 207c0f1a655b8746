import type { DecodedPacket } from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";
import { dropSample, sampleRetransmission } from "./round-trip-samples.js";

// Own copies: see entry-layout.ts.
const {
  COLD_GAP_BYTES,
  COLD_GROUP_WORDS,
  COLD_HOLES,
  COLD_OUT_OF_ORDER_BYTES,
  COLD_OUT_OF_ORDER_PACKETS,
  COLD_RETRANSMITTED_BYTES,
  COLD_RETRANSMITTED_PACKETS,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_SAMPLING_TIMESTAMP,
  ENTRY_STATE,
  HOT_WORDS,
  LAST_ACKNOWLEDGEMENT,
  NEXT_SEQUENCE,
  SAMPLE_END,
  STREAM_HAS_ACKNOWLEDGED,
  STREAM_HAS_HOLES,
  STREAM_HAS_NEXT,
  STREAM_RARE_TOUCHED,
  STREAM_STATE,
} = layout;

/** A jump further than the widest window (RFC 7323 section 2.3) is no loss: the numbering began anew unseen. */
const FURTHEST_JUMP_BYTES = 0x40000000;

/**
 * Counts a segment that is not simply the next one: above it (a gap opens), below it (a late arrival closes a gap, or
 * data comes again), or the first that is seen. What lay below the first segment seen counts as sent again.
 */
export function coverSequence(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
  sequence: number,
  payloadBytes: number,
): void {
  const hot = entries.hot;
  const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const end = (sequence + payloadBytes) | 0;
  const state = hot[line + STREAM_STATE];
  if ((state & STREAM_HAS_NEXT) === 0) {
    hot[line + NEXT_SEQUENCE] = end;
    hot[line + STREAM_STATE] = state | STREAM_HAS_NEXT;
    return;
  }
  const next = hot[line + NEXT_SEQUENCE];
  const ahead = (sequence - next) | 0;
  if (ahead > FURTHEST_JUMP_BYTES || ahead < -FURTHEST_JUMP_BYTES) {
    forgetHoles(entries, index, direction);
    hot[line + NEXT_SEQUENCE] = end;
    dropSample(entries, index * HOT_WORDS, direction);
    return;
  }
  if (ahead > 0) openGap(entries, index, direction, next, sequence);
  else if (ahead < 0) countBelowNext(entries, index, direction, packet, sequence, payloadBytes);
  if (((end - next) | 0) > 0) hot[line + NEXT_SEQUENCE] = end;
  if ((hot[line + STREAM_STATE] & STREAM_HAS_HOLES) === 0) return;
  const holes = entries.cold[index * COLD_WORDS + direction * COLD_GROUP_WORDS + COLD_HOLES];
  if (entries.holes.forgetFar(holes, hot[line + NEXT_SEQUENCE]) === 0) forgetHoles(entries, index, direction);
}

/** A segment that begins below the next number. */
function countBelowNext(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
  sequence: number,
  payloadBytes: number,
): void {
  const hot = entries.hot;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const next = hot[line + NEXT_SEQUENCE];
  const belowBytes = Math.min((next - sequence) | 0, payloadBytes);
  // A keepalive repeats one byte that the other side has acknowledged (RFC 9293 section 3.8.4).
  const other = base + DIRECTION_LINE + (1 - direction) * DIRECTION_LINE_WORDS;
  const allAcknowledged =
    (hot[other + STREAM_STATE] & STREAM_HAS_ACKNOWLEDGED) !== 0 && hot[other + LAST_ACKNOWLEDGEMENT] === next;
  if (payloadBytes === 1 && ((next - sequence) | 0) === 1 && allAcknowledged) return;

  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  let filledBytes = 0;
  if ((hot[line + STREAM_STATE] & STREAM_HAS_HOLES) !== 0)
    filledBytes = entries.holes.fill(entries.cold[group + COLD_HOLES], sequence, (sequence + belowBytes) | 0);
  if (filledBytes > 0) {
    entries.coldDoubles[(group + COLD_GAP_BYTES) >> 1] -= filledBytes;
    entries.coldDoubles[(group + COLD_OUT_OF_ORDER_BYTES) >> 1] += filledBytes;
    entries.cold[group + COLD_OUT_OF_ORDER_PACKETS]++;
  }
  if (belowBytes > filledBytes) {
    entries.coldDoubles[(group + COLD_RETRANSMITTED_BYTES) >> 1] += belowBytes - filledBytes;
    entries.cold[group + COLD_RETRANSMITTED_PACKETS]++;
  }
  hot[line + STREAM_STATE] |= STREAM_RARE_TOUCHED;
  const isByTimestamp = (hot[base + ENTRY_STATE] & (ENTRY_SAMPLING_TIMESTAMP << direction)) !== 0;
  if (isByTimestamp || ((sequence - hot[base + SAMPLE_END + direction]) | 0) < 0)
    sampleRetransmission(entries, index, direction, packet);
}

/** Bytes [start, end) were not seen, but later ones were. */
function openGap(entries: FlowEntries, index: number, direction: number, start: number, end: number): void {
  const hot = entries.hot;
  const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  entries.coldDoubles[(group + COLD_GAP_BYTES) >> 1] += (end - start) | 0;
  hot[line + STREAM_STATE] |= STREAM_RARE_TOUCHED;
  if ((hot[line + STREAM_STATE] & STREAM_HAS_HOLES) === 0) {
    const block = entries.holes.allocate();
    if (block === -1) return;
    entries.cold[group + COLD_HOLES] = block;
    hot[line + STREAM_STATE] |= STREAM_HAS_HOLES;
  }
  entries.holes.add(entries.cold[group + COLD_HOLES], start, end);
}

/** Gives the block of holes of one direction back. */
export function forgetHoles(entries: FlowEntries, index: number, direction: number): void {
  const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  if ((entries.hot[line + STREAM_STATE] & STREAM_HAS_HOLES) === 0) return;
  entries.holes.release(entries.cold[index * COLD_WORDS + direction * COLD_GROUP_WORDS + COLD_HOLES]);
  entries.hot[line + STREAM_STATE] &= ~STREAM_HAS_HOLES;
}
