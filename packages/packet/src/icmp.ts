import type { DecodedPacket } from "./decoded-packet.js";
import { decodeIcmpMessage } from "./icmp-message.js";
import { readQuotedIpv4 } from "./icmp-quotation.js";
import * as types from "./icmp-types.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const {
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
} = types;
const { STATUS_COUNTED } = statuses;

/** RFC 792. What RFC 1122 section 3.2.2 calls error messages quotes a packet; "fragmentation needed" says what fits (RFC 1191). */
export function decodeIcmp(view: DataView, packet: DecodedPacket): number {
  const status = decodeIcmpMessage(view, packet);
  if (status === STATUS_COUNTED && isError(packet.icmpType)) decodeError(view, packet);
  return status;
}

function isError(type: number): boolean {
  return (
    type === ICMP_UNREACHABLE ||
    type === ICMP_SOURCE_QUENCH ||
    type === ICMP_REDIRECT ||
    type === ICMP_TIME_EXCEEDED ||
    type === ICMP_PARAMETER_PROBLEM
  );
}

function decodeError(view: DataView, packet: DecodedPacket): void {
  const saysMtu = packet.icmpType === ICMP_UNREACHABLE && packet.icmpCode === ICMP_FRAGMENTATION_NEEDED;
  packet.nextHopMtu = saysMtu ? view.getUint16(packet.offset - 2, false) : 0;
  packet.hasRareFields = 1;
  packet.isIcmpError = readQuotedIpv4(view, packet) ? 1 : 0;
}
