import { DIRECTION_UNKNOWN } from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";
import type { HopRowBuffer } from "./hop-row-buffer.js";
import type { HopRows } from "./hop-rows.js";
import * as hop from "./hop-rows.js";

// Own copies: see entry-layout.ts.
const {
  BYTES,
  COLD_CLOSING,
  COLD_COMMON_WORDS,
  COLD_DELTA_WORDS,
  COLD_ENCAPSULATION,
  COLD_FIN,
  COLD_FRAGMENTS,
  COLD_GAP_BYTES,
  COLD_GROUP_WORDS,
  COLD_HANDSHAKE_US,
  COLD_HAS_HANDSHAKE,
  COLD_ICMP_ERROR_KIND,
  COLD_ICMP_ERROR_MTU,
  COLD_ICMP_ERROR_SOURCE,
  COLD_ICMP_ERROR_US,
  COLD_ICMP_ERRORS,
  COLD_MAXIMUM_SEGMENT_SIZE,
  COLD_OUT_OF_ORDER_BYTES,
  COLD_OUT_OF_ORDER_PACKETS,
  COLD_OUTER_DESTINATION,
  COLD_OUTER_SOURCE,
  COLD_RETRANSMITTED_BYTES,
  COLD_RETRANSMITTED_PACKETS,
  COLD_RST,
  COLD_SUPER_FRAME_SEGMENTS,
  COLD_SUPER_FRAMES,
  COLD_SYN,
  COLD_SYN_ACK,
  COLD_TCP_OPTIONS,
  COLD_TIMESTAMP_ROUND_TRIPS,
  COLD_VNI,
  COLD_WINDOW_SCALE,
  COLD_WORDS,
  COLD_ZERO_WINDOW,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_COUNTING,
  ENTRY_INITIATOR_HIGH,
  ENTRY_INITIATOR_LOW,
  ENTRY_STATE,
  ENTRY_WINDOW,
  FIRST_US,
  HOT_WORDS,
  KEY_HIGH_ADDRESS,
  KEY_INTERFACE,
  KEY_LOW_ADDRESS,
  KEY_PORTS,
  KEY_PROTOCOL_PHASE,
  LAST_US,
  PACKETS,
  PAYLOAD_BYTES,
  PAYLOAD_PACKETS,
  ROUND_TRIP_COUNT,
  ROUND_TRIP_SUM_US,
  STREAM_COLD_TOUCHED,
  STREAM_ENCAPSULATED,
  STREAM_KEPT_BETWEEN_ROWS,
  STREAM_RARE_TOUCHED,
  STREAM_REPORTED,
  STREAM_STATE,
  TCP_FLAGS_MASK,
  VLAN_SHIFT,
} = layout;
const { INITIATOR_DESTINATION, INITIATOR_SOURCE, INITIATOR_UNKNOWN, ROW_FIRST, ROW_SAMPLED, WINDOW_SECONDS } =
  hop;

const DELTAS_TOUCHED = STREAM_COLD_TOUCHED | STREAM_RARE_TOUCHED;

/** The phase of frames whose direction is unknown is that direction (flow-key.ts). */
const PHASE_UNKNOWN = DIRECTION_UNKNOWN;

const ADDRESS_BYTES = 16;
const WINDOW_US = WINDOW_SECONDS * 1e6;

/**
 * Exports what an entry has counted since its last rows, one row a direction, and zeroes it.
 *
 * @param endFlags ROW_LAST, with ROW_EVICTED where it is: the entry ends, and a direction that has nothing new but was
 *   reported before gets a row without counts, so that its end is known. 0: the entry goes on.
 */
export function exportEntry(entries: FlowEntries, index: number, rows: HopRowBuffer, endFlags: number): void {
  const hot = entries.hot;
  const base = index * HOT_WORDS;
  for (let direction = 0; direction < 2; direction++) {
    const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
    const state = hot[line + STREAM_STATE];
    const counted =
      hot[line + PACKETS] !== 0 || hot[line + ROUND_TRIP_COUNT] !== 0 || (state & DELTAS_TOUCHED) !== 0;
    if (counted || (endFlags !== 0 && (state & STREAM_REPORTED) !== 0))
      exportRow(entries, index, direction, rows, endFlags);
  }
  hot[base + ENTRY_STATE] &= ~ENTRY_COUNTING;
}

function exportRow(
  entries: FlowEntries,
  index: number,
  direction: number,
  rows: HopRowBuffer,
  endFlags: number,
): void {
  const hot = entries.hot;
  const doubles = entries.hotDoubles;
  const base = index * HOT_WORDS;
  const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const doubleLine = line >> 1;
  const state = hot[line + STREAM_STATE];
  const row = rows.add();
  const columns = rows.columns;

  const source = base + (direction === 0 ? KEY_LOW_ADDRESS : KEY_HIGH_ADDRESS);
  const destination = base + (direction === 0 ? KEY_HIGH_ADDRESS : KEY_LOW_ADDRESS);
  writeAddress(rows.sourceView, row, hot, source);
  writeAddress(rows.destinationView, row, hot, destination);
  const ports = hot[base + KEY_PORTS];
  columns.sourcePorts[row] = direction === 0 ? ports >>> 16 : ports & 0xffff;
  columns.destinationPorts[row] = direction === 0 ? ports & 0xffff : ports >>> 16;
  const protocolPhase = hot[base + KEY_PROTOCOL_PHASE];
  const phase = (protocolPhase >> 8) & 3;
  const sampled = rows.sampling.leavesOut(protocolPhase & 0xff, ports >>> 16, ports & 0xffff)
    ? ROW_SAMPLED
    : 0;
  columns.protocols[row] = protocolPhase & 0xff;
  columns.interfaceIndexes[row] = hot[base + KEY_INTERFACE];
  columns.directions[row] = phase === PHASE_UNKNOWN ? PHASE_UNKNOWN : phase ^ direction;
  columns.initiators[row] = initiatorOf(hot[base + ENTRY_STATE], direction);
  columns.rowFlags[row] = endFlags | sampled | ((state & STREAM_REPORTED) === 0 ? ROW_FIRST : 0);
  columns.tcpFlags[row] = state & TCP_FLAGS_MASK;
  columns.vlans[row] = (state >>> VLAN_SHIFT) & 0xfff;

  const packets = hot[line + PACKETS];
  const lastUs = doubles[doubleLine + (LAST_US >> 1)];
  if (packets !== 0) {
    columns.firstUs[row] = doubles[doubleLine + (FIRST_US >> 1)];
    columns.lastUs[row] = lastUs;
    columns.windowStarts[row] = hot[base + ENTRY_WINDOW] * WINDOW_SECONDS;
  } else writeTimesWithoutPackets(entries, index, direction, columns, row);
  columns.packets[row] = packets;
  columns.bytes[row] = hot[line + BYTES];
  columns.payloadBytes[row] = hot[line + PAYLOAD_BYTES];
  columns.payloadPackets[row] = hot[line + PAYLOAD_PACKETS];
  columns.dataRoundTripSumUs[row] = doubles[doubleLine + (ROUND_TRIP_SUM_US >> 1)];
  columns.dataRoundTripCount[row] = hot[line + ROUND_TRIP_COUNT];
  hot[line + PACKETS] = 0;
  hot[line + BYTES] = 0;
  hot[line + PAYLOAD_BYTES] = 0;
  hot[line + PAYLOAD_PACKETS] = 0;
  doubles[doubleLine + (ROUND_TRIP_SUM_US >> 1)] = 0;
  hot[line + ROUND_TRIP_COUNT] = 0;
  hot[line + STREAM_STATE] = (state & STREAM_KEPT_BETWEEN_ROWS) | STREAM_REPORTED;

  columns.handshakeUs[row] = -1;
  columns.vnis[row] = -1;
  columns.windowScales[row] = -1;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  if ((state & STREAM_ENCAPSULATED) !== 0) {
    columns.encapsulations[row] = entries.cold[group + COLD_ENCAPSULATION];
    columns.vnis[row] = entries.cold[group + COLD_VNI];
    writeAddress(rows.outerSourceView, row, entries.cold, group + COLD_OUTER_SOURCE);
    writeAddress(rows.outerDestinationView, row, entries.cold, group + COLD_OUTER_DESTINATION);
  }
  if ((state & STREAM_COLD_TOUCHED) !== 0) exportCommonDeltas(entries, group, rows, row);
  if ((state & STREAM_RARE_TOUCHED) !== 0) exportRareDeltas(entries, group, rows, row);
}

/**
 * A row without packets: an ICMP error quoted the flow; or packets of the other direction measured something, at the time
 * of the last of them; or nothing happened, and the row only ends the flow, at the time of its own last packet.
 */
function writeTimesWithoutPackets(
  entries: FlowEntries,
  index: number,
  direction: number,
  columns: HopRows,
  row: number,
): void {
  const { hot, hotDoubles } = entries;
  const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  const other = index * HOT_WORDS + DIRECTION_LINE + (1 - direction) * DIRECTION_LINE_WORDS;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  const isMeasured = hot[line + ROUND_TRIP_COUNT] !== 0 || (hot[line + STREAM_STATE] & DELTAS_TOUCHED) !== 0;
  let lastUs = hotDoubles[(line + LAST_US) >> 1];
  // A flow of which nothing but errors was seen has no packet of its own.
  if (isMeasured || lastUs === 0) lastUs = hotDoubles[(other + LAST_US) >> 1];
  if (entries.cold[group + COLD_ICMP_ERRORS] !== 0)
    lastUs = entries.coldDoubles[(group + COLD_ICMP_ERROR_US) >> 1];
  columns.firstUs[row] = lastUs;
  columns.lastUs[row] = lastUs;
  columns.windowStarts[row] = Math.floor(lastUs / WINDOW_US) * WINDOW_SECONDS;
}

function exportCommonDeltas(entries: FlowEntries, group: number, rows: HopRowBuffer, row: number): void {
  const columns = rows.columns;
  const cold = entries.cold;
  columns.synPackets[row] = cold[group + COLD_SYN];
  columns.synAckPackets[row] = cold[group + COLD_SYN_ACK];
  columns.finPackets[row] = cold[group + COLD_FIN];
  columns.rstPackets[row] = cold[group + COLD_RST];
  columns.closings[row] = cold[group + COLD_CLOSING];
  columns.tcpOptions[row] = cold[group + COLD_TCP_OPTIONS];
  columns.maximumSegmentSizes[row] = cold[group + COLD_MAXIMUM_SEGMENT_SIZE];
  columns.windowScales[row] = cold[group + COLD_WINDOW_SCALE] - 1;
  if (cold[group + COLD_HAS_HANDSHAKE] !== 0)
    columns.handshakeUs[row] = entries.coldDoubles[(group + COLD_HANDSHAKE_US) >> 1];
  for (let word = 0; word < COLD_COMMON_WORDS; word++) cold[group + word] = 0;
}

function exportRareDeltas(entries: FlowEntries, group: number, rows: HopRowBuffer, row: number): void {
  const columns = rows.columns;
  const cold = entries.cold;
  const doubles = entries.coldDoubles;
  const doubleGroup = group >> 1;
  columns.retransmittedBytes[row] = doubles[doubleGroup + (COLD_RETRANSMITTED_BYTES >> 1)];
  columns.retransmittedPackets[row] = cold[group + COLD_RETRANSMITTED_PACKETS];
  columns.outOfOrderBytes[row] = doubles[doubleGroup + (COLD_OUT_OF_ORDER_BYTES >> 1)];
  columns.outOfOrderPackets[row] = cold[group + COLD_OUT_OF_ORDER_PACKETS];
  columns.gapBytes[row] = doubles[doubleGroup + (COLD_GAP_BYTES >> 1)];
  columns.zeroWindowPackets[row] = cold[group + COLD_ZERO_WINDOW];
  columns.timestampRoundTripCount[row] = cold[group + COLD_TIMESTAMP_ROUND_TRIPS];
  columns.superFrames[row] = cold[group + COLD_SUPER_FRAMES];
  columns.superFrameSegments[row] = cold[group + COLD_SUPER_FRAME_SEGMENTS];
  columns.fragments[row] = cold[group + COLD_FRAGMENTS];
  if (cold[group + COLD_ICMP_ERRORS] !== 0) {
    columns.icmpErrors[row] = cold[group + COLD_ICMP_ERRORS];
    columns.icmpErrorTypes[row] = cold[group + COLD_ICMP_ERROR_KIND] >>> 8;
    columns.icmpErrorCodes[row] = cold[group + COLD_ICMP_ERROR_KIND] & 0xff;
    columns.icmpErrorMtus[row] = cold[group + COLD_ICMP_ERROR_MTU];
    writeAddress(rows.icmpErrorSourceView, row, cold, group + COLD_ICMP_ERROR_SOURCE);
  }
  for (let word = COLD_COMMON_WORDS; word < COLD_DELTA_WORDS; word++) cold[group + word] = 0;
}

function initiatorOf(entryState: number, direction: number): number {
  if ((entryState & (ENTRY_INITIATOR_LOW | ENTRY_INITIATOR_HIGH)) === 0) return INITIATOR_UNKNOWN;
  const initiator = (entryState & ENTRY_INITIATOR_LOW) !== 0 ? 0 : 1;
  return initiator === direction ? INITIATOR_SOURCE : INITIATOR_DESTINATION;
}

function writeAddress(view: DataView, row: number, words: Int32Array, at: number): void {
  const offset = row * ADDRESS_BYTES;
  view.setInt32(offset, words[at], false);
  view.setInt32(offset + 4, words[at + 1], false);
  view.setInt32(offset + 8, words[at + 2], false);
  view.setInt32(offset + 12, words[at + 3], false);
}
