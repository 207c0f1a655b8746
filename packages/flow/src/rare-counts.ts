import type { DecodedPacket } from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";

// Own copies: see entry-layout.ts.
const {
  COLD_FRAGMENTS,
  COLD_GROUP_WORDS,
  COLD_ICMP_ERROR_KIND,
  COLD_ICMP_ERROR_MTU,
  COLD_ICMP_ERROR_SOURCE,
  COLD_ICMP_ERROR_US,
  COLD_ICMP_ERRORS,
  COLD_SUPER_FRAME_SEGMENTS,
  COLD_SUPER_FRAMES,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  HOT_WORDS,
  STREAM_RARE_TOUCHED,
  STREAM_STATE,
} = layout;

/** A GSO or GRO super-frame: how many segments it is on the wire. */
export function countSuperFrame(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  const { segmentBytes, payloadBytes } = packet;
  if (segmentBytes <= 0 || payloadBytes <= segmentBytes) return;
  const group = rareGroup(entries, index, direction);
  entries.cold[group + COLD_SUPER_FRAMES]++;
  entries.cold[group + COLD_SUPER_FRAME_SEGMENTS] += Math.ceil(payloadBytes / segmentBytes);
}

/** A fragment, the first of its packet too. */
export function countFragment(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  if (packet.isFirstFragment === 0 && packet.fragmentOffset === 0) return;
  entries.cold[rareGroup(entries, index, direction) + COLD_FRAGMENTS]++;
}

/** An ICMP error that quotes this direction of the entry. */
export function countIcmpError(
  entries: FlowEntries,
  index: number,
  direction: number,
  error: DecodedPacket,
): void {
  const cold = entries.cold;
  const group = rareGroup(entries, index, direction);
  cold[group + COLD_ICMP_ERRORS]++;
  cold[group + COLD_ICMP_ERROR_KIND] = (error.icmpType << 8) | error.icmpCode;
  cold[group + COLD_ICMP_ERROR_MTU] = error.nextHopMtu;
  entries.coldDoubles[(group + COLD_ICMP_ERROR_US) >> 1] = error.timeUs;
  cold[group + COLD_ICMP_ERROR_SOURCE] = error.source0;
  cold[group + COLD_ICMP_ERROR_SOURCE + 1] = error.source1;
  cold[group + COLD_ICMP_ERROR_SOURCE + 2] = error.source2;
  cold[group + COLD_ICMP_ERROR_SOURCE + 3] = error.source3;
}

/** The cold group, marked as holding something rare. */
function rareGroup(entries: FlowEntries, index: number, direction: number): number {
  const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  entries.hot[line + STREAM_STATE] |= STREAM_RARE_TOUCHED;
  return index * COLD_WORDS + direction * COLD_GROUP_WORDS;
}
