/**
 * What one observation point counted for one flow since it last reported: one row.
 * All numbers are *deltas*, so rows of the same flow add up. Column arrays, one typed array a property.
 *
 * The arrays may be longer than `count` rows: what lies beyond is nobody's.
 *
 * Addresses are 16 bytes each, row after row; IPv4 is mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2).
 * Times are microseconds since the Unix epoch. Counters are doubles: exact up to 2^53.
 */
export interface HopRows {
  count: number;
  /** Start of the 10 s window, Unix seconds. */
  windowStarts: Uint32Array;
  /** This flow's own direction: who sent these packets, as seen at this interface (before any rewriting to the server's tuple). */
  sourceAddresses: Uint8Array;
  destinationAddresses: Uint8Array;
  sourcePorts: Uint16Array;
  destinationPorts: Uint16Array;
  /** IANA protocol number. For ICMP echo both ports hold the identifier. */
  protocols: Uint8Array;
  interfaceIndexes: Int32Array;
  /** DIRECTION_INGRESS 0, DIRECTION_EGRESS 1, DIRECTION_UNKNOWN 2 (packages/capture). */
  directions: Uint8Array;
  /** INITIATOR_ constants: who began the connection, from SYN and SYN-ACK seen here. */
  initiators: Uint8Array;
  /** ROW_ flags. */
  rowFlags: Uint8Array;
  firstUs: Float64Array;
  lastUs: Float64Array;
  packets: Float64Array;
  /** Layer-3 bytes (IP header and up), so that VLAN tags, tunnels and Ethernet padding make no difference between hops. */
  bytes: Float64Array;
  /** Layer-4 payload bytes. */
  payloadBytes: Float64Array;
  /** Packets that carry layer-4 payload. */
  payloadPackets: Float64Array;
  retransmittedBytes: Float64Array;
  retransmittedPackets: Float64Array;
  /** Payload bytes that came late and filled a gap: overtaken on the way, or sent again after a loss before this hop. */
  outOfOrderBytes: Float64Array;
  outOfOrderPackets: Float64Array;
  /** Payload bytes that this hop never saw although later ones passed; a late arrival takes them back. */
  gapBytes: Float64Array;
  synPackets: Float64Array;
  synAckPackets: Float64Array;
  finPackets: Float64Array;
  rstPackets: Float64Array;
  zeroWindowPackets: Float64Array;
  /** Union of all TCP flag bytes seen; of SCTP: INIT as SYN, INIT ACK as SYN and ACK, SHUTDOWN as FIN, ABORT as RST. */
  tcpFlags: Uint8Array;
  /** TCP_OPTION_ bits: what the SYNs of this direction announced, and SACK where one of its segments carried blocks. */
  tcpOptions: Uint8Array;
  /** Maximum segment size that this direction's SYN announced, or 0. */
  maximumSegmentSizes: Uint16Array;
  /** Window scale that this direction's SYN announced (RFC 7323 section 2), or -1. */
  windowScales: Int8Array;
  /** CLOSING_ constant: what this direction did in this row towards the connection's end. */
  closings: Uint8Array;
  /**
   * Round trip from this hop to the destination of this flow and back, in microseconds, from the handshake
   * (SYN to SYN-ACK on the initiator's flow, SYN-ACK to ACK on the other); -1 where none was measured in this row.
   */
  handshakeUs: Float64Array;
  /** The same from data segments and their ACKs: sum and count over this row. */
  dataRoundTripSumUs: Float64Array;
  dataRoundTripCount: Float64Array;
  /** How many of them were told by the timestamp option (RFC 7323 section 4), because the segment had been sent again. */
  timestampRoundTripCount: Float64Array;
  /** GSO and GRO super-frames among the packets, and the segments that they stand for. */
  superFrames: Float64Array;
  superFrameSegments: Float64Array;
  /** Packets that were IP fragments. */
  fragments: Float64Array;
  /** ICMP errors that quoted this flow, and of the last: type, code, who sent it, next-hop MTU (0: not said). */
  icmpErrors: Float64Array;
  icmpErrorTypes: Uint8Array;
  icmpErrorCodes: Uint8Array;
  icmpErrorSources: Uint8Array;
  icmpErrorMtus: Uint32Array;
  /** ENCAPSULATION_ constant of the outermost tunnel. */
  encapsulations: Uint8Array;
  /** Outer addresses where the packets were encapsulated here; all zero where not, or where the tunnel is opaque. */
  outerSourceAddresses: Uint8Array;
  outerDestinationAddresses: Uint8Array;
  /** VXLAN or Geneve network identifier, NVGRE subnet, GRE key; -1 where there is none. */
  vnis: Int32Array;
  /** VLAN id, or 0. */
  vlans: Uint16Array;
}
