import {
  coldOf,
  ENTRY_SAMPLING_TIMESTAMP,
  Entry,
  lineOf,
  STREAM_HAS_ACKNOWLEDGED,
  STREAM_HAS_HOLES,
  STREAM_HAS_NEXT,
  STREAM_RARE_TOUCHED,
  sampleEndOf,
} from "./entry";
import { Packet } from "./packet";
import { dropSample, sampleRetransmission } from "./round-trip-samples";
import { addHole, allocateHoles, fillHoles, forgetFarHoles, releaseHoles } from "./sequence-holes";

/** A jump further than the widest window (RFC 7323 section 2.3) is no loss: the numbering began anew unseen. */
const FURTHEST_JUMP_BYTES: i32 = 0x40000000;

/**
 * Counts a segment that is not simply the next one: above it (a gap opens), below it (a late arrival closes a gap, or
 * data comes again), or the first that is seen. What lay below the first segment seen counts as sent again.
 */
export function coverSequence(
  entry: Entry,
  direction: i32,
  packet: Packet,
  sequence: i32,
  payloadBytes: i32,
): void {
  const line = lineOf(entry, direction);
  const end = sequence + payloadBytes;
  if ((line.state & STREAM_HAS_NEXT) === 0) {
    line.nextSequence = end;
    line.state |= STREAM_HAS_NEXT;
    return;
  }
  const next = line.nextSequence;
  const ahead = sequence - next;
  if (ahead > FURTHEST_JUMP_BYTES || ahead < -FURTHEST_JUMP_BYTES) {
    forgetHoles(entry, direction);
    line.nextSequence = end;
    dropSample(entry, direction);
    return;
  }
  if (ahead > 0) openGap(entry, direction, next, sequence);
  else if (ahead < 0) countBelowNext(entry, direction, packet, sequence, payloadBytes);
  if (end - next > 0) line.nextSequence = end;
  if ((line.state & STREAM_HAS_HOLES) === 0) return;
  if (forgetFarHoles(coldOf(entry, direction).holes, line.nextSequence) === 0) forgetHoles(entry, direction);
}

/** A segment that begins below the next number. */
function countBelowNext(
  entry: Entry,
  direction: i32,
  packet: Packet,
  sequence: i32,
  payloadBytes: i32,
): void {
  const line = lineOf(entry, direction);
  const next = line.nextSequence;
  const belowBytes = min(next - sequence, payloadBytes);
  // A keepalive repeats one byte that the other side has acknowledged (RFC 9293 section 3.8.4).
  const other = lineOf(entry, 1 - direction);
  const allAcknowledged = (other.state & STREAM_HAS_ACKNOWLEDGED) !== 0 && other.lastAcknowledgement === next;
  if (payloadBytes === 1 && next - sequence === 1 && allAcknowledged) return;

  const cold = coldOf(entry, direction);
  let filledBytes = 0;
  if ((line.state & STREAM_HAS_HOLES) !== 0)
    filledBytes = fillHoles(cold.holes, sequence, sequence + belowBytes);
  if (filledBytes > 0) {
    cold.gapBytes -= <f64>filledBytes;
    cold.outOfOrderBytes += <f64>filledBytes;
    cold.outOfOrderPackets++;
  }
  if (belowBytes > filledBytes) {
    cold.retransmittedBytes += <f64>(belowBytes - filledBytes);
    cold.retransmittedPackets++;
  }
  line.state |= STREAM_RARE_TOUCHED;
  const isByTimestamp = (entry.state & (ENTRY_SAMPLING_TIMESTAMP << direction)) !== 0;
  if (isByTimestamp || sequence - sampleEndOf(entry, direction) < 0)
    sampleRetransmission(entry, direction, packet);
}

/** Bytes [start, end) were not seen, but later ones were. */
function openGap(entry: Entry, direction: i32, start: i32, end: i32): void {
  const line = lineOf(entry, direction);
  const cold = coldOf(entry, direction);
  cold.gapBytes += <f64>(end - start);
  line.state |= STREAM_RARE_TOUCHED;
  if ((line.state & STREAM_HAS_HOLES) === 0) {
    const block = allocateHoles();
    if (block === -1) return;
    cold.holes = block;
    line.state |= STREAM_HAS_HOLES;
  }
  addHole(cold.holes, start, end);
}

/** Gives the block of holes of one direction back. */
export function forgetHoles(entry: Entry, direction: i32): void {
  const line = lineOf(entry, direction);
  if ((line.state & STREAM_HAS_HOLES) === 0) return;
  releaseHoles(coldOf(entry, direction).holes);
  line.state &= ~STREAM_HAS_HOLES;
}
