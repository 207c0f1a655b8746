/**
 * One decoded packet, filled again for each frame: by common-frame.ts, or by src/packet-record.ts for the frames that it leaves alone,
 * which knows the order of these fields.
 *
 * Addresses are four words, word 0 first; IPv4 is mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2).
 * What the fields mean is said at DecodedPacket of packages/packet.
 */
@unmanaged
export class Packet {
  source0: i32;
  source1: i32;
  source2: i32;
  source3: i32;
  destination0: i32;
  destination1: i32;
  destination2: i32;
  destination3: i32;
  /** Part of the key, as are the two after it (flow-key.ts): port of the lesser address << 16 | port of the other. */
  ports: i32;
  /** Protocol | phase << 8 | WIDE. */
  protocolPhase: i32;
  interfaceIndex: i32;
  /** DIRECTION_ constant: which way the frame passed the interface. */
  captureDirection: i32;
  timeUs: f64;
  /** Source port << 16 | destination port. */
  portPair: i32;
  protocol: i32;
  bytes: i32;
  payloadBytes: i32;
  tcpFlags: i32;
  /** This and what follows, to `timestampEcho`: of TCP only. */
  sequence: i32;
  acknowledgement: i32;
  window: i32;
  tcpOptions: i32;
  mss: i32;
  windowScale: i32;
  timestampValue: i32;
  timestampEcho: i32;
  vlan: i32;
  encapsulation: i32;
  encapsulationDepth: i32;
  vni: i32;
  outerSource0: i32;
  outerSource1: i32;
  outerSource2: i32;
  outerSource3: i32;
  outerDestination0: i32;
  outerDestination1: i32;
  outerDestination2: i32;
  outerDestination3: i32;
  segmentBytes: i32;
  /** 0: the fields after it mean nothing. */
  hasRareFields: i32;
  isFirstFragment: i32;
  fragmentOffset: i32;
  sctpChunks: i32;
  icmpType: i32;
  icmpCode: i32;
  isIcmpError: i32;
  nextHopMtu: i32;
  quotedSource0: i32;
  quotedSource1: i32;
  quotedSource2: i32;
  quotedSource3: i32;
  quotedDestination0: i32;
  quotedDestination1: i32;
  quotedDestination2: i32;
  quotedDestination3: i32;
  quotedProtocol: i32;
  /** Source port << 16 | destination port. */
  quotedPortPair: i32;
  quotedHasPorts: i32;
  /** What follows is the table's own: the key's hash. */
  hash: i32;
  /** Direction in the entry: 0 where the packet's source is the lesser address, else 1. */
  direction: i32;
  /** The entry that stands at the key's home slot, or 0: a guess, see flow-index.ts. */
  likelyEntry: usize;
}
