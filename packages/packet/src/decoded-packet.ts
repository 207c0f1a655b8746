import { DIRECTION_UNKNOWN } from "./directions.js";
import { ENCAPSULATION_NONE } from "./encapsulations.js";

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
  /**
   * Layer-4 payload bytes on the wire; for protocols that are not decoded and for later fragments, all after the IP headers.
   * SCTP: user data bytes of the chunks, by the chunks' lengths (see decodeSctp).
   */
  payloadBytes = 0;
  /** The low eight TCP flag bits (RFC 9293 section 3.1); 0 for other protocols, as are the three after it. */
  tcpFlags = 0;
  sequence = 0;
  acknowledgement = 0;
  /** The window field, unscaled. */
  window = 0;
  /** TCP_OPTION_ bits of the options that could be read; 0 for other protocols. The four after it mean something by these bits. */
  tcpOptions = 0;
  /** Maximum segment size, or 0 where the segment does not say. */
  mss = 0;
  /** Shift count of the window, or -1 where the segment does not say. */
  windowScale = -1;
  /** TSval and TSecr (RFC 7323 section 3.2), only where TCP_OPTION_TIMESTAMPS is set. */
  timestampValue = 0;
  timestampEcho = 0;
  /** SCTP_ bits of the chunk types in an SCTP packet, as far as captured; 0 for other protocols. */
  sctpChunks = 0;
  /** Type and code of ICMP and ICMPv6; meaningless for other protocols. */
  icmpType = 0;
  icmpCode = 0;
  /**
   * 1: an ICMP or ICMPv6 error, with the addresses and protocol of the packet that it quotes in the fields after it.
   * 0: anything else, an error whose quotation is cut or broken too, and these fields mean nothing.
   */
  isIcmpError = 0;
  quotedSource0 = 0;
  quotedSource1 = 0;
  quotedSource2 = 0;
  quotedSource3 = 0;
  quotedDestination0 = 0;
  quotedDestination1 = 0;
  quotedDestination2 = 0;
  quotedDestination3 = 0;
  quotedProtocol = 0;
  /** By the same rules as `sourcePort` and `destinationPort`; both 0 where `quotedHasPorts` is. */
  quotedSourcePort = 0;
  quotedDestinationPort = 0;
  /** 1: the quoted packet's ports are known (a protocol without ports has 0 and 0). 0: cut, or it was a later fragment. */
  quotedHasPorts = 0;
  /** Bytes that fit on the next hop, of "fragmentation needed" and "packet too big"; else 0. */
  nextHopMtu = 0;
  /** VLAN id of the frame's outermost tag that has one, or 0. Tags of an inner frame are not looked at. */
  vlan = 0;
  /** ENCAPSULATION_ constant of the outermost tunnel. */
  encapsulation = ENCAPSULATION_NONE;
  /** How many outer packets were stepped over to this one: 0 to 2. An opaque encapsulation counts 0. */
  encapsulationDepth = 0;
  /**
   * Of the outermost tunnel: network identifier of VXLAN, VXLAN-GPE and Geneve, VSID of NVGRE, key of GRE. -1 where it has none: an
   * encapsulated packet may have -1 here, `encapsulation` says what it is. A GRE key of 2^31 or more reads as negative, like
   * every integer here.
   */
  vni = -1;
  /** Addresses of the outermost packet; meaningful only where `encapsulationDepth` is not 0 (`encapsulation` 1 to 7). */
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
  /**
   * 1: fields that few frames fill (of fragments, SCTP chunks, ICMP errors; segment size and window scale) are not as they are in a new
   * struct, and have to be cleared before the next frame: one look at this instead of a store to each.
   */
  hasRareFields = 0;
  /** 1: first fragment of several; its transport header's lengths span them all. */
  isFirstFragment = 0;
  /** 1: a fragment that is not the last one. */
  moreFragments = 0;
  /** Bytes of the original packet's payload before this fragment's; 0: the whole packet, or its first fragment. */
  fragmentOffset = 0;
  /** Identification that all fragments of one packet share (16 bits in IPv4, 32 in IPv6); 0 for a whole packet. */
  fragmentId = 0;
  /** Offset of the first fragment's transport header in the caller's buffer; meaningful where `isFirstFragment` is 1. */
  fragmentStart = 0;
  /**
   * Identification and protocol of the outermost packet where that was the first fragment of several and carried a tunnel; else 0.
   * Its later fragments hold the rest of an inner packet that has been counted whole.
   */
  outerFragmentId = 0;
  outerProtocol = 0;

  /** Set by who reads frames, before decoding. Microseconds since the Unix epoch. */
  timeUs = Number.NaN;
  interfaceIndex = 0;
  /** DIRECTION_ constant. A Linux cooked header fills it in where the source does not know it. */
  direction = DIRECTION_UNKNOWN;
  /** Payload bytes of one segment where the frame is a GSO or GRO super-frame, else 0. */
  segmentBytes = 0;
}

/** Clears what `hasRareFields` stands for. */
export function clearRareFields(packet: DecodedPacket): void {
  packet.hasRareFields = 0;
  packet.mss = 0;
  packet.windowScale = -1;
  packet.sctpChunks = 0;
  packet.isIcmpError = 0;
  packet.outerFragmentId = 0;
  packet.outerProtocol = 0;
  clearFragment(packet);
}

/** What a packet that is not fragmented has in the fragment's fields. */
export function clearFragment(packet: DecodedPacket): void {
  packet.isFirstFragment = 0;
  packet.moreFragments = 0;
  packet.fragmentOffset = 0;
  packet.fragmentId = 0;
}
