import { ENCAPSULATION_NONE } from "../../packet/src/encapsulations";
import {
  clearWords,
  coldOf,
  DirectionLine,
  ENTRY_IN_USE,
  ENTRY_LISTED,
  Entry,
  lineOf,
  STREAM_ENCAPSULATED,
  VLAN_SHIFT,
} from "./entry";
import { Packet } from "./packet";

/** Window of an entry before its first packet: later than any, so that it is not idle. */
const NEVER: i32 = i32.MAX_VALUE;

/** Gives an entry its key. */
export function writeKey(entry: Entry, packet: Packet): void {
  const low = changetype<usize>(packet) + ((<usize>packet.direction) << 4);
  const high = changetype<usize>(packet) + ((<usize>(1 - packet.direction)) << 4);
  const at = changetype<usize>(entry);
  store<i64>(at, load<i64>(low));
  store<i64>(at, load<i64>(low, 8), 8);
  store<i64>(at, load<i64>(high), 16);
  store<i64>(at, load<i64>(high, 8), 24);
  entry.ports = packet.ports;
  entry.protocolPhase = packet.protocolPhase;
  entry.interfaceIndex = packet.interfaceIndex;
  entry.hash = packet.hash;
}

/** An entry as it is before its first packet; its key, and its places in lists, stay. Its cold deltas are zero already. */
export function resetEntry(entry: Entry): void {
  entry.state = (entry.state & ENTRY_LISTED) | ENTRY_IN_USE;
  entry.window = NEVER;
  clearWords(changetype<usize>(lineOf(entry, 0)), 2 * offsetof<DirectionLine>());
}

/** The first packet of a row says when it began and how its packets are wrapped. */
export function beginRow(entry: Entry, line: DirectionLine, packet: Packet): void {
  line.firstUs = packet.timeUs;
  line.lastUs = packet.timeUs;
  line.state |= packet.vlan << VLAN_SHIFT;
  if (packet.encapsulation === ENCAPSULATION_NONE) return;
  line.state |= STREAM_ENCAPSULATED;
  const cold = coldOf(entry, packet.direction);
  cold.encapsulation = packet.encapsulation;
  cold.vni = packet.vni;
  // Opaque: the packet is the outer one.
  const isOuter = packet.encapsulationDepth === 0;
  cold.outerSource0 = isOuter ? 0 : packet.outerSource0;
  cold.outerSource1 = isOuter ? 0 : packet.outerSource1;
  cold.outerSource2 = isOuter ? 0 : packet.outerSource2;
  cold.outerSource3 = isOuter ? 0 : packet.outerSource3;
  cold.outerDestination0 = isOuter ? 0 : packet.outerDestination0;
  cold.outerDestination1 = isOuter ? 0 : packet.outerDestination1;
  cold.outerDestination2 = isOuter ? 0 : packet.outerDestination2;
  cold.outerDestination3 = isOuter ? 0 : packet.outerDestination3;
}
