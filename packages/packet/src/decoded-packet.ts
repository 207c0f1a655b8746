import { DIRECTION_UNKNOWN } from "./directions.js";

/**
 * One decoded packet: a struct that is filled again for each frame, so that decoding allocates nothing.
 * V8 keeps small integers in such fields unboxed, so storing one allocates nothing either.
 *
 * All integers are 32-bit signed, as the flow table stores them; read one as unsigned by `>>> 0`.
 * Addresses are four big-endian words, word 0 first; IPv4 is mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2).
 */
export class DecodedPacket {
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  /**
   * TCP, UDP and SCTP ports. ICMP echo: the identifier in both. Other ICMP: source 0, destination type << 8 | code.
   * Other protocols: 0.
   */
  sourcePort = 0;
  destinationPort = 0;
  /** IANA protocol number of the layer above IP and its extension headers. */
  protocol = 0;
  /** Bytes of the packet from its (inner) IP header on, on the wire. */
  bytes = 0;
  /** Layer-4 payload bytes on the wire; for protocols that are not decoded, all after the IP headers. */
  payloadBytes = 0;
  /** The low eight TCP flag bits (RFC 9293 section 3.1); 0 for other protocols, as are the three after it. */
  tcpFlags = 0;
  sequence = 0;
  acknowledgement = 0;
  /** The window field, unscaled. */
  window = 0;
  /** VLAN id of the frame's outermost tag that has one, or 0. Tags of an inner frame are not looked at. */
  vlan = 0;
  /** VXLAN network identifier, or -1 where the packet is not encapsulated. */
  vni = -1;
  /** Addresses of the outer packet; meaningful only where `vni` is not -1. */
  outerSource0 = 0;
  outerSource1 = 0;
  outerSource2 = 0;
  outerSource3 = 0;
  outerDestination0 = 0;
  outerDestination1 = 0;
  outerDestination2 = 0;
  outerDestination3 = 0;

  /** Where the decoder is: offset of the next header in the caller's buffer. After decoding: of the layer-4 payload. */
  offset = 0;
  /** End of what was captured (and of the IP packet, so that Ethernet padding is not read). */
  end = 0;
  /** End of the packet on the wire, as an offset; may lie beyond `end`. */
  wireEnd = 0;
  etherType = 0;
  /** 1: first fragment of several; its transport header's lengths span them all. */
  isFirstFragment = 0;

  /** Set by who reads frames, before decoding. Microseconds since the Unix epoch. */
  timeUs = Number.NaN;
  interfaceIndex = 0;
  /** DIRECTION_ constant. A Linux cooked header fills it in where the source does not know it. */
  direction = DIRECTION_UNKNOWN;
}
