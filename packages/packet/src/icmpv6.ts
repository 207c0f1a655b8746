import type { DecodedPacket } from "./decoded-packet.js";
import { decodeIcmpMessage } from "./icmp-message.js";
import { readQuotedIpv6 } from "./icmp-quotation.js";
import * as types from "./icmp-types.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { ICMPV6_PACKET_TOO_BIG, ICMPV6_PARAMETER_PROBLEM, ICMPV6_UNREACHABLE } = types;
const { STATUS_COUNTED, STATUS_NEIGHBOUR_DISCOVERY } = statuses;

/** Multicast listener (RFC 2710) 130 to 132, then neighbour discovery (RFC 4861) to 137. */
const FIRST_LINK_MESSAGE = 130;
const LAST_LINK_MESSAGE = 137;
const MULTICAST_LISTENER_V2 = 143;

/** RFC 4443. Its error messages (section 3) quote a packet; "packet too big" says what fits (section 3.2). */
export function decodeIcmpv6(view: DataView, packet: DecodedPacket): number {
  const status = decodeIcmpMessage(view, packet);
  if (status !== STATUS_COUNTED) return status;
  const type = packet.icmpType;
  if ((type >= FIRST_LINK_MESSAGE && type <= LAST_LINK_MESSAGE) || type === MULTICAST_LISTENER_V2)
    return STATUS_NEIGHBOUR_DISCOVERY;
  if (type >= ICMPV6_UNREACHABLE && type <= ICMPV6_PARAMETER_PROBLEM) decodeError(view, packet);
  return STATUS_COUNTED;
}

function decodeError(view: DataView, packet: DecodedPacket): void {
  // An MTU that is negative as a 32-bit integer is nonsense, and taken for none.
  const mtu = packet.icmpType === ICMPV6_PACKET_TOO_BIG ? view.getInt32(packet.offset - 4, false) : 0;
  packet.nextHopMtu = Math.max(mtu, 0);
  packet.hasRareFields = 1;
  packet.isIcmpError = readQuotedIpv6(view, packet) ? 1 : 0;
}
