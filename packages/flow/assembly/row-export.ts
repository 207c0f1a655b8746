import { DIRECTION_UNKNOWN } from "../../packet/src/directions";
import {
  INITIATOR_DESTINATION,
  INITIATOR_SOURCE,
  INITIATOR_UNKNOWN,
  ROW_FIRST,
  WINDOW_SECONDS,
} from "../src/row-flags";
import { storeWord32 } from "./bytes";
import {
  COMMON_DELTA_BYTES,
  ColdGroup,
  clearWords,
  coldOf,
  DirectionLine,
  ENTRY_COUNTING,
  ENTRY_INITIATOR_HIGH,
  ENTRY_INITIATOR_LOW,
  Entry,
  lineOf,
  RARE_DELTA_BYTES,
  STREAM_COLD_TOUCHED,
  STREAM_ENCAPSULATED,
  STREAM_KEPT_BETWEEN_ROWS,
  STREAM_RARE_TOUCHED,
  STREAM_REPORTED,
  TCP_FLAGS_MASK,
  VLAN_SHIFT,
} from "./entry";
import * as columns from "./row-columns";

/** Has the rows taken, all of them: the host copies the columns. */
declare function takeRows(count: i32): void;

const DELTAS_TOUCHED: i32 = STREAM_COLD_TOUCHED | STREAM_RARE_TOUCHED;
const WINDOW_US: f64 = <f64>WINDOW_SECONDS * 1e6;

let count: i32 = 0;

/** Rows that have been exported and not been taken yet. */
export function waitingRows(): i32 {
  return count;
}

/** Has them taken. */
export function handOverRows(): void {
  if (count === 0) return;
  takeRows(count);
  columns.clearRows(count);
  count = 0;
}

/**
 * Exports what an entry has counted since its last rows, one row a direction, and zeroes it.
 *
 * @param endFlags ROW_LAST, with ROW_EVICTED where it is: the entry ends, and a direction that has nothing new but was
 *   reported before gets a row without counts, so that its end is known. 0: the entry goes on.
 */
export function exportEntry(entry: Entry, endFlags: i32): void {
  for (let direction = 0; direction < 2; direction++) {
    const line = lineOf(entry, direction);
    const counted = line.packets !== 0 || line.roundTripCount !== 0 || (line.state & DELTAS_TOUCHED) !== 0;
    if (counted || (endFlags !== 0 && (line.state & STREAM_REPORTED) !== 0))
      exportRow(entry, line, direction, endFlags);
  }
  entry.state &= ~ENTRY_COUNTING;
}

function exportRow(entry: Entry, line: DirectionLine, direction: i32, endFlags: i32): void {
  if (count === columns.ROW_CAPACITY) handOverRows();
  const row = <usize>count;
  count++;
  const state = line.state;
  const isReversed = direction !== 0;

  const low = changetype<usize>(entry);
  const high = low + 16;
  storeAddress(columns.sourceAddresses, row, isReversed ? high : low);
  storeAddress(columns.destinationAddresses, row, isReversed ? low : high);
  // Of direction 0, the source's port is the upper half.
  const portPair = rotl<i32>(entry.ports, direction << 4);
  store16(columns.sourcePorts, row, portPair >>> 16);
  store16(columns.destinationPorts, row, portPair & 0xffff);
  const phase = (entry.protocolPhase >> 8) & 3;
  store8(columns.protocols, row, entry.protocolPhase & 0xff);
  store32(columns.interfaceIndexes, row, entry.interfaceIndex);
  store8(columns.directions, row, phase === DIRECTION_UNKNOWN ? DIRECTION_UNKNOWN : phase ^ direction);
  store8(columns.initiators, row, initiatorOf(entry.state, direction));
  store8(columns.rowFlags, row, endFlags | ((state & STREAM_REPORTED) === 0 ? ROW_FIRST : 0));
  store8(columns.tcpFlags, row, state & TCP_FLAGS_MASK);
  store16(columns.vlans, row, (state >>> VLAN_SHIFT) & 0xfff);

  if (line.packets !== 0) {
    storeDouble(columns.firstUs, row, line.firstUs);
    storeDouble(columns.lastUs, row, line.lastUs);
    store32(columns.windowStarts, row, entry.window * WINDOW_SECONDS);
  } else storeTimesWithoutPackets(entry, line, direction, row);
  storeDouble(columns.packets, row, line.packets);
  storeDouble(columns.bytes, row, line.bytes);
  storeDouble(columns.payloadBytes, row, line.payloadBytes);
  storeDouble(columns.payloadPackets, row, line.payloadPackets);
  storeDouble(columns.dataRoundTripSumUs, row, line.roundTripSumUs);
  storeDouble(columns.dataRoundTripCount, row, line.roundTripCount);
  line.packets = 0;
  line.bytes = 0;
  line.payloadBytes = 0;
  line.payloadPackets = 0;
  line.roundTripSumUs = 0;
  line.roundTripCount = 0;
  line.state = (state & STREAM_KEPT_BETWEEN_ROWS) | STREAM_REPORTED;

  storeDouble(columns.handshakeUs, row, -1);
  store32(columns.vnis, row, -1);
  store8(columns.windowScales, row, -1);
  if ((state & (STREAM_ENCAPSULATED | DELTAS_TOUCHED)) === 0) return;
  const cold = coldOf(entry, direction);
  if ((state & STREAM_ENCAPSULATED) !== 0) {
    store8(columns.encapsulations, row, cold.encapsulation);
    store32(columns.vnis, row, cold.vni);
    const outer = changetype<usize>(cold);
    storeAddress(columns.outerSourceAddresses, row, outer + offsetof<ColdGroup>("outerSource0"));
    storeAddress(columns.outerDestinationAddresses, row, outer + offsetof<ColdGroup>("outerDestination0"));
  }
  if ((state & STREAM_COLD_TOUCHED) !== 0) exportCommonDeltas(cold, row);
  if ((state & STREAM_RARE_TOUCHED) !== 0) exportRareDeltas(cold, row);
}

/**
 * A row without packets: an ICMP error quoted the flow; or packets of the other direction measured something, at the time
 * of the last of them; or nothing happened, and the row only ends the flow, at the time of its own last packet.
 */
function storeTimesWithoutPackets(entry: Entry, line: DirectionLine, direction: i32, row: usize): void {
  const cold = coldOf(entry, direction);
  const isMeasured = line.roundTripCount !== 0 || (line.state & DELTAS_TOUCHED) !== 0;
  let lastUs = line.lastUs;
  // A flow of which nothing but errors was seen has no packet of its own.
  if (isMeasured || lastUs === 0) lastUs = lineOf(entry, 1 - direction).lastUs;
  if (cold.icmpErrors !== 0) lastUs = cold.icmpErrorUs;
  storeDouble(columns.firstUs, row, lastUs);
  storeDouble(columns.lastUs, row, lastUs);
  store32(columns.windowStarts, row, <i32>Math.floor(lastUs / WINDOW_US) * WINDOW_SECONDS);
}

function exportCommonDeltas(cold: ColdGroup, row: usize): void {
  storeDouble(columns.synPackets, row, cold.synPackets);
  storeDouble(columns.synAckPackets, row, cold.synAckPackets);
  storeDouble(columns.finPackets, row, cold.finPackets);
  storeDouble(columns.rstPackets, row, cold.rstPackets);
  store8(columns.closings, row, cold.closing);
  store8(columns.tcpOptions, row, cold.tcpOptions);
  store16(columns.maximumSegmentSizes, row, cold.maximumSegmentSize);
  store8(columns.windowScales, row, cold.windowScale - 1);
  if (cold.hasHandshake !== 0) storeDouble(columns.handshakeUs, row, cold.handshakeUs);
  clearWords(changetype<usize>(cold), COMMON_DELTA_BYTES);
}

function exportRareDeltas(cold: ColdGroup, row: usize): void {
  storeDouble(columns.retransmittedBytes, row, cold.retransmittedBytes);
  storeDouble(columns.retransmittedPackets, row, cold.retransmittedPackets);
  storeDouble(columns.outOfOrderBytes, row, cold.outOfOrderBytes);
  storeDouble(columns.outOfOrderPackets, row, cold.outOfOrderPackets);
  storeDouble(columns.gapBytes, row, cold.gapBytes);
  storeDouble(columns.zeroWindowPackets, row, cold.zeroWindowPackets);
  storeDouble(columns.timestampRoundTripCount, row, cold.timestampRoundTrips);
  storeDouble(columns.superFrames, row, cold.superFrames);
  storeDouble(columns.superFrameSegments, row, cold.superFrameSegments);
  storeDouble(columns.fragments, row, cold.fragments);
  if (cold.icmpErrors !== 0) {
    storeDouble(columns.icmpErrors, row, cold.icmpErrors);
    store8(columns.icmpErrorTypes, row, cold.icmpErrorKind >>> 8);
    store8(columns.icmpErrorCodes, row, cold.icmpErrorKind & 0xff);
    store32(columns.icmpErrorMtus, row, cold.icmpErrorMtu);
    const source = changetype<usize>(cold) + offsetof<ColdGroup>("icmpErrorSource0");
    storeAddress(columns.icmpErrorSources, row, source);
  }
  clearWords(changetype<usize>(cold) + COMMON_DELTA_BYTES, RARE_DELTA_BYTES);
}

function initiatorOf(entryState: i32, direction: i32): i32 {
  if ((entryState & (ENTRY_INITIATOR_LOW | ENTRY_INITIATOR_HIGH)) === 0) return INITIATOR_UNKNOWN;
  const initiator = (entryState & ENTRY_INITIATOR_LOW) !== 0 ? 0 : 1;
  return initiator === direction ? INITIATOR_SOURCE : INITIATOR_DESTINATION;
}

/** Four words at `words`, in network order. */
function storeAddress(column: usize, row: usize, words: usize): void {
  const at = column + (row << 4);
  storeWord32(at, load<i32>(words));
  storeWord32(at + 4, load<i32>(words, 4));
  storeWord32(at + 8, load<i32>(words, 8));
  storeWord32(at + 12, load<i32>(words, 12));
}

function storeDouble(column: usize, row: usize, value: f64): void {
  store<f64>(column + (row << 3), value);
}

function store32(column: usize, row: usize, value: i32): void {
  store<i32>(column + (row << 2), value);
}

function store16(column: usize, row: usize, value: i32): void {
  store<i16>(column + (row << 1), <i16>value);
}

function store8(column: usize, row: usize, value: i32): void {
  store<i8>(column + row, <i8>value);
}
