import type { DecodedPacket } from "./decoded-packet.js";
import * as etherTypes from "./ether-types.js";
import { decodeIcmp } from "./icmp.js";
import { decodeIcmpv6 } from "./icmpv6.js";
import { decodeIpv4 } from "./ipv4.js";
import { decodeIpv6 } from "./ipv6.js";
import * as protocols from "./protocols.js";
import { decodeSctp } from "./sctp.js";
import * as statuses from "./status.js";
import { clearTcp, decodeTcp } from "./tcp.js";
import { decodeUdp } from "./udp.js";

// Own copies: see status.ts.
const { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } = protocols;
const { STATUS_ARP, STATUS_COUNTED, STATUS_NOT_IP } = statuses;

/** Network and transport layer, by EtherType. */
export function decodeIp(view: DataView, packet: DecodedPacket): number {
  const etherType = packet.etherType;
  let status: number;
  if (etherType === ETHERTYPE_IPV4) status = decodeIpv4(view, packet);
  else if (etherType === ETHERTYPE_IPV6) status = decodeIpv6(view, packet);
  else return etherType === ETHERTYPE_ARP ? STATUS_ARP : STATUS_NOT_IP;
  if (status !== STATUS_COUNTED) return status;
  const protocol = packet.protocol;
  if (protocol === PROTOCOL_TCP) return decodeTcp(view, packet);
  clearTcp(packet);
  if (protocol === PROTOCOL_UDP) return decodeUdp(view, packet);
  return decodeOtherTransport(view, packet);
}

function decodeOtherTransport(view: DataView, packet: DecodedPacket): number {
  switch (packet.protocol) {
    case PROTOCOL_ICMP:
      return decodeIcmp(view, packet);
    case PROTOCOL_ICMPV6:
      return decodeIcmpv6(view, packet);
    case PROTOCOL_SCTP:
      return decodeSctp(view, packet);
    default:
      packet.sourcePort = 0;
      packet.destinationPort = 0;
      packet.payloadBytes = packet.wireEnd - packet.offset;
      return STATUS_COUNTED;
  }
}
