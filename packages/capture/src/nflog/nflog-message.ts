const NETLINK_HEADER_BYTES = 16;
/** struct nfgenmsg: address family (1), version (1), group (2, big-endian). */
const NETFILTER_HEADER_BYTES = 4;
const ATTRIBUTE_HEADER_BYTES = 4;
/** Netlink's flags in the two upper bits of an attribute's type. */
const TYPE_MASK = 0x3fff;
/** NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET. */
const PACKET_MESSAGE = 0x400;

/** NFULA_ of linux/netfilter/nfnetlink_log.h. */
const TIMESTAMP = 3;
const IN_INTERFACE = 4;
const OUT_INTERFACE = 5;
const PHYSICAL_IN_INTERFACE = 6;
const PHYSICAL_OUT_INTERFACE = 7;
const PAYLOAD = 9;
const PREFIX = 10;
const SEQUENCE = 12;
const CONNTRACK = 18;
const CONNTRACK_INFO = 19;

/** CTA_ of linux/netfilter/nfnetlink_conntrack.h. */
const TUPLE_ORIGINAL = 1;
const TUPLE_REPLY = 2;
const STATUS = 3;
const ID = 12;
const ZONE = 18;
const TUPLE_IP = 1;
const TUPLE_PROTOCOL = 2;
const IPV4_SOURCE = 1;
const IPV4_DESTINATION = 2;
const IPV6_SOURCE = 3;
const IPV6_DESTINATION = 4;
const PROTOCOL_NUMBER = 1;
const SOURCE_PORT = 2;
const DESTINATION_PORT = 3;
const ICMP_IDENTIFIER = 4;
const ICMPV6_IDENTIFIER = 7;
/** IPS_CONFIRMED of linux/netfilter/nf_conntrack_common.h. */
const CONFIRMED = 1 << 3;
/** IP_CT_IS_REPLY and what is above it. */
const FIRST_REPLY_INFO = 3;

const IPV4_OFFSET = 12;

/** One direction of a connection as conntrack has it. Addresses are 16 bytes, IPv4 mapped. */
export interface LoggedTuple {
  protocol: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** For ICMP echo both ports hold the identifier; for protocols without ports both are 0. */
  sourcePort: number;
  destinationPort: number;
}

/** The conntrack entry that a logged packet belongs to. */
export interface LoggedConnection {
  readonly id: number;
  readonly zone: number;
  /** False: the entry is this packet's own and goes with it, where the packet is dropped. */
  readonly isConfirmed: boolean;
  /** Whether the packet runs from the server back to the initiator. */
  readonly isReply: boolean;
  readonly original: LoggedTuple;
  readonly reply: LoggedTuple;
}

/** One packet that a rule has logged. */
export interface LoggedPacket {
  readonly group: number;
  readonly prefix: string;
  /** When the packet came into the node, microseconds since the Unix epoch; undefined where the kernel does not say. */
  readonly timeUs: number | undefined;
  /** The kernel's interface indexes, of a bridge's port where that is known; 0: none. */
  readonly inInterface: number;
  readonly outInterface: number;
  /** From its IP header on, cut at what was asked for; a copy. */
  readonly packet: Uint8Array;
  /** Undefined where conntrack does not track it, or the kernel does not tell. */
  readonly connection: LoggedConnection | undefined;
  /**
   * The kernel's message from its netfilter header on, as a frame of LINKTYPE_NFLOG holds it; in the reader's memory, and valid
   * only until it is handed the next.
   */
  readonly message: Uint8Array;
}

/** Called with each attribute of a range: its type, and where its value begins and ends. */
type Visit = (type: number, at: number, end: number) => void;

/**
 * Reads the packets of one netlink datagram (linux/netfilter/nfnetlink_log.h). What is cut or broken ends the reading.
 *
 * @param onSequence the kernel's number of each packet in its group
 */
export function readNflogMessages(
  bytes: Uint8Array,
  onPacket: (packet: LoggedPacket) => void,
  onSequence: (sequence: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + NETLINK_HEADER_BYTES <= bytes.length) {
    const length = view.getUint32(at, true);
    const end = at + length;
    if (length < NETLINK_HEADER_BYTES + NETFILTER_HEADER_BYTES || end > bytes.length) return;
    if (view.getUint16(at + 4, true) === PACKET_MESSAGE)
      onPacket(readPacket(view, at + NETLINK_HEADER_BYTES, end, onSequence));
    at += align(length);
  }
}

function readPacket(
  view: DataView,
  start: number,
  end: number,
  onSequence: (sequence: number) => void,
): LoggedPacket {
  const interfaces = { in: 0, out: 0, physicalIn: 0, physicalOut: 0 };
  let timeUs: number | undefined;
  let prefix = "";
  let packet = new Uint8Array(0);
  let conntrack: { readonly at: number; readonly end: number } | undefined;
  let info = 0;
  eachAttribute(view, start + NETFILTER_HEADER_BYTES, end, (type, at, valueEnd) => {
    const length = valueEnd - at;
    if (type === PREFIX) prefix = textOf(view, at, valueEnd);
    else if (type === PAYLOAD) packet = bytesOf(view, at, valueEnd).slice();
    else if (type === CONNTRACK) conntrack = { at, end: valueEnd };
    else if (type === TIMESTAMP && length >= 16)
      timeUs = Number(view.getBigUint64(at)) * 1e6 + Number(view.getBigUint64(at + 8));
    else if (length < 4) return;
    else if (type === IN_INTERFACE) interfaces.in = view.getUint32(at);
    else if (type === OUT_INTERFACE) interfaces.out = view.getUint32(at);
    else if (type === PHYSICAL_IN_INTERFACE) interfaces.physicalIn = view.getUint32(at);
    else if (type === PHYSICAL_OUT_INTERFACE) interfaces.physicalOut = view.getUint32(at);
    else if (type === CONNTRACK_INFO) info = view.getUint32(at);
    else if (type === SEQUENCE) onSequence(view.getUint32(at));
  });
  return {
    group: view.getUint16(start + 2),
    prefix,
    timeUs,
    inInterface: interfaces.physicalIn || interfaces.in,
    outInterface: interfaces.physicalOut || interfaces.out,
    packet,
    connection: conntrack && readConnection(view, conntrack, info),
    message: bytesOf(view, start, end),
  };
}

/**
 * Reads a packet from a frame of LINKTYPE_NFLOG: a recording of ours, or one of tcpdump's (`-i nflog:100`).
 *
 * @returns undefined where it is too short to be one
 */
export function readNflogFrame(frame: Uint8Array): LoggedPacket | undefined {
  if (frame.length < NETFILTER_HEADER_BYTES) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  return readPacket(view, 0, frame.length, () => undefined);
}

function readConnection(
  view: DataView,
  { at, end }: { readonly at: number; readonly end: number },
  info: number,
): LoggedConnection | undefined {
  const original = emptyTuple();
  const reply = emptyTuple();
  let tuples = 0;
  let [id, zone, status] = [0, 0, 0];
  eachAttribute(view, at, end, (type, valueAt, valueEnd) => {
    if (type === TUPLE_ORIGINAL || type === TUPLE_REPLY) {
      readTuple(view, valueAt, valueEnd, type === TUPLE_ORIGINAL ? original : reply);
      tuples++;
    } else if (type === ZONE && valueEnd - valueAt >= 2) zone = view.getUint16(valueAt);
    else if (valueEnd - valueAt < 4) return;
    else if (type === ID) id = view.getUint32(valueAt);
    else if (type === STATUS) status = view.getUint32(valueAt);
  });
  if (tuples < 2) return undefined;
  return {
    id,
    zone,
    isConfirmed: (status & CONFIRMED) !== 0,
    isReply: info >= FIRST_REPLY_INFO,
    original,
    reply,
  };
}

function readTuple(view: DataView, start: number, end: number, tuple: LoggedTuple): void {
  eachAttribute(view, start, end, (type, at, valueEnd) => {
    if (type === TUPLE_IP)
      eachAttribute(view, at, valueEnd, (kind, from, to) => readEnd(view, kind, from, to, tuple));
    else if (type === TUPLE_PROTOCOL)
      eachAttribute(view, at, valueEnd, (kind, from, to) => readPort(view, kind, from, to, tuple));
  });
}

function readEnd(view: DataView, kind: number, at: number, end: number, tuple: LoggedTuple): void {
  const isIpv4 = kind === IPV4_SOURCE || kind === IPV4_DESTINATION;
  if (!isIpv4 && kind !== IPV6_SOURCE && kind !== IPV6_DESTINATION) return;
  if (end - at < (isIpv4 ? 4 : 16)) return;
  const into = kind === IPV4_SOURCE || kind === IPV6_SOURCE ? tuple.source : tuple.destination;
  if (isIpv4) into[10] = into[11] = 0xff;
  into.set(bytesOf(view, at, isIpv4 ? at + 4 : at + 16), isIpv4 ? IPV4_OFFSET : 0);
}

function readPort(view: DataView, kind: number, at: number, end: number, tuple: LoggedTuple): void {
  if (kind === PROTOCOL_NUMBER) tuple.protocol = view.getUint8(at);
  else if (end - at < 2) return;
  else if (kind === SOURCE_PORT) tuple.sourcePort = view.getUint16(at);
  else if (kind === DESTINATION_PORT) tuple.destinationPort = view.getUint16(at);
  else if (kind === ICMP_IDENTIFIER || kind === ICMPV6_IDENTIFIER)
    tuple.sourcePort = tuple.destinationPort = view.getUint16(at);
}

/** Lengths and types are in the byte order of the machine, taken for little-endian; values of these are big-endian. */
function eachAttribute(view: DataView, start: number, end: number, visit: Visit): void {
  let at = start;
  while (at + ATTRIBUTE_HEADER_BYTES <= end) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > end) return;
    visit(view.getUint16(at + 2, true) & TYPE_MASK, at + ATTRIBUTE_HEADER_BYTES, at + length);
    at += align(length);
  }
}

function emptyTuple(): LoggedTuple {
  return {
    protocol: 0,
    source: new Uint8Array(16),
    destination: new Uint8Array(16),
    sourcePort: 0,
    destinationPort: 0,
  };
}

function bytesOf(view: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start);
}

/** A C string: up to its first zero byte. */
function textOf(view: DataView, start: number, end: number): string {
  const bytes = bytesOf(view, start, end);
  const zero = bytes.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
}

function align(length: number): number {
  return (length + 3) & ~3;
}
