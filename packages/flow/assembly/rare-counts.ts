import { ColdGroup, coldOf, Entry, lineOf, STREAM_RARE_TOUCHED } from "./entry";
import { Packet } from "./packet";

/** A GSO or GRO super-frame: how many segments it is on the wire. */
export function countSuperFrame(entry: Entry, packet: Packet): void {
  const segmentBytes = packet.segmentBytes;
  const payloadBytes = packet.payloadBytes;
  if (segmentBytes <= 0 || payloadBytes <= segmentBytes) return;
  const cold = rareGroup(entry, packet.direction);
  cold.superFrames++;
  cold.superFrameSegments += (payloadBytes + segmentBytes - 1) / segmentBytes;
}

/** A fragment, the first of its packet too. */
export function countFragment(entry: Entry, packet: Packet): void {
  if (packet.isFirstFragment === 0 && packet.fragmentOffset === 0) return;
  rareGroup(entry, packet.direction).fragments++;
}

/** An ICMP error that quotes this direction of the entry. */
export function countIcmpError(entry: Entry, direction: i32, error: Packet): void {
  const cold = rareGroup(entry, direction);
  cold.icmpErrors++;
  cold.icmpErrorKind = (error.icmpType << 8) | error.icmpCode;
  cold.icmpErrorMtu = error.nextHopMtu;
  cold.icmpErrorUs = error.timeUs;
  cold.icmpErrorSource0 = error.source0;
  cold.icmpErrorSource1 = error.source1;
  cold.icmpErrorSource2 = error.source2;
  cold.icmpErrorSource3 = error.source3;
}

/** The cold group, marked as holding something rare. */
function rareGroup(entry: Entry, direction: i32): ColdGroup {
  lineOf(entry, direction).state |= STREAM_RARE_TOUCHED;
  return coldOf(entry, direction);
}
