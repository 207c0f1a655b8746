import {
  DIRECTION_EGRESS,
  DIRECTION_INGRESS,
  DIRECTION_UNKNOWN,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
} from "../frame-source.js";

/** LINUX_SLL_OUTGOING; 0 to 3 are kinds of incoming frames. */
const SENT_BY_US = 4;

/**
 * Direction by the packet type that Linux cooked captures (`tcpdump -i any`) carry in their header
 * (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and _SLL2.html); unknown for every other link type.
 */
export function cookedDirection(
  linkType: number,
  frame: DataView,
  offset: number,
  capturedLength: number,
): number {
  if (linkType === LINKTYPE_LINUX_SLL && capturedLength >= 2)
    return directionOf(frame.getUint16(offset, false));
  if (linkType === LINKTYPE_LINUX_SLL2 && capturedLength >= 11)
    return directionOf(frame.getUint8(offset + 10));
  return DIRECTION_UNKNOWN;
}

function directionOf(packetType: number): number {
  if (packetType === SENT_BY_US) return DIRECTION_EGRESS;
  return packetType < SENT_BY_US ? DIRECTION_INGRESS : DIRECTION_UNKNOWN;
}
