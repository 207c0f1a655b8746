import { type DecodedPacket, ENCAPSULATION_NONE as NO_ENCAPSULATION } from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";
import type { FlowKey } from "./flow-key.js";

// Own copies: see entry-layout.ts.
const {
  COLD_ENCAPSULATION,
  COLD_GROUP_WORDS,
  COLD_OUTER_DESTINATION,
  COLD_OUTER_SOURCE,
  COLD_VNI,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_HASH,
  ENTRY_IN_USE,
  ENTRY_LISTED,
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
  STREAM_ENCAPSULATED,
  STREAM_STATE,
  VLAN_SHIFT,
} = layout;
const ENCAPSULATION_NONE = NO_ENCAPSULATION;

/** Window of an entry before its first packet: later than any, so that it is not idle. */
const NEVER = 0x7fffffff;

/** Gives an entry its key. */
export function writeKey(entries: FlowEntries, index: number, key: FlowKey, packet: DecodedPacket): void {
  const hot = entries.hot;
  const base = index * HOT_WORDS;
  const source = base + (key.direction === 0 ? KEY_LOW_ADDRESS : KEY_HIGH_ADDRESS);
  const destination = base + (key.direction === 0 ? KEY_HIGH_ADDRESS : KEY_LOW_ADDRESS);
  hot[source] = packet.source0;
  hot[source + 1] = packet.source1;
  hot[source + 2] = packet.source2;
  hot[source + 3] = packet.source3;
  hot[destination] = packet.destination0;
  hot[destination + 1] = packet.destination1;
  hot[destination + 2] = packet.destination2;
  hot[destination + 3] = packet.destination3;
  hot[base + KEY_PORTS] = key.ports;
  hot[base + KEY_PROTOCOL_PHASE] = key.protocolPhase;
  hot[base + KEY_INTERFACE] = packet.interfaceIndex;
  hot[base + ENTRY_HASH] = key.hash;
}

/** An entry as it is before its first packet; its key, and its places in lists, stay. Its cold deltas are zero already. */
export function resetEntry(entries: FlowEntries, index: number): void {
  const hot = entries.hot;
  const base = index * HOT_WORDS;
  hot[base + ENTRY_STATE] = (hot[base + ENTRY_STATE] & ENTRY_LISTED) | ENTRY_IN_USE;
  hot[base + ENTRY_WINDOW] = NEVER;
  hot.fill(0, base + DIRECTION_LINE, base + HOT_WORDS);
}

/** The first packet of a row says when it began and how its packets are wrapped. */
export function beginRow(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  const { hot, hotDoubles } = entries;
  const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
  hotDoubles[(line + FIRST_US) >> 1] = packet.timeUs;
  hotDoubles[(line + LAST_US) >> 1] = packet.timeUs;
  hot[line + STREAM_STATE] |= packet.vlan << VLAN_SHIFT;
  if (packet.encapsulation !== ENCAPSULATION_NONE) writeEncapsulation(entries, index, direction, packet);
}

function writeEncapsulation(
  entries: FlowEntries,
  index: number,
  direction: number,
  packet: DecodedPacket,
): void {
  const { hot, cold } = entries;
  hot[index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS + STREAM_STATE] |=
    STREAM_ENCAPSULATED;
  const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
  cold[group + COLD_ENCAPSULATION] = packet.encapsulation;
  cold[group + COLD_VNI] = packet.vni;
  if (packet.encapsulationDepth === 0) {
    // Opaque: the packet is the outer one.
    cold.fill(0, group + COLD_OUTER_SOURCE, group + COLD_OUTER_DESTINATION + 4);
    return;
  }
  cold[group + COLD_OUTER_SOURCE] = packet.outerSource0;
  cold[group + COLD_OUTER_SOURCE + 1] = packet.outerSource1;
  cold[group + COLD_OUTER_SOURCE + 2] = packet.outerSource2;
  cold[group + COLD_OUTER_SOURCE + 3] = packet.outerSource3;
  cold[group + COLD_OUTER_DESTINATION] = packet.outerDestination0;
  cold[group + COLD_OUTER_DESTINATION + 1] = packet.outerDestination1;
  cold[group + COLD_OUTER_DESTINATION + 2] = packet.outerDestination2;
  cold[group + COLD_OUTER_DESTINATION + 3] = packet.outerDestination3;
}
