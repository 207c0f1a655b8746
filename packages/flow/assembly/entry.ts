/*
 * How an entry of the flow table lies in memory: one entry a connection at one interface.
 *
 * What each packet touches are three lines of 64 bytes (of the processor's cache), one for the key and one for each of the two
 * directions, so that a packet costs two lines. What is needed once a row, or after loss, is in two cold groups elsewhere.
 */

/** The key line: what an entry is found by, and the state of both directions. */
@unmanaged
export class Entry {
  /** The lesser address first (canonical order, see flow-key.ts). */
  low0: i32;
  low1: i32;
  low2: i32;
  low3: i32;
  high0: i32;
  high1: i32;
  high2: i32;
  high3: i32;
  /** The three as in a Packet. */
  ports: i32;
  protocolPhase: i32;
  interfaceIndex: i32;
  /** ENTRY_ bits. */
  state: i32;
  /** The window of the last packet in either direction. */
  window: i32;
  /** Round-trip sample of direction 0, then of direction 1: the acknowledgement number that answers it. */
  sampleEnd0: i32;
  sampleEnd1: i32;
  hash: i32;
}

/** What has been counted of one direction since its last row, and what its next packet is compared with. */
@unmanaged
export class DirectionLine {
  packets: i32;
  /** TCP flags of this row (bits 0-7) | STREAM_ bits | VLAN id << 16. */
  state: i32;
  /** A row is exported before it can overflow. */
  bytes: i32;
  payloadBytes: i32;
  payloadPackets: i32;
  /** TCP: the sequence number after the highest seen. */
  nextSequence: i32;
  /** When the sampled segment passed. */
  sampleUs: f64;
  roundTripSumUs: f64;
  roundTripCount: i32;
  /** Last acknowledgement number that this direction sent. */
  lastAcknowledgement: i32;
  /** Time of the first packet of this row. */
  firstUs: f64;
  /** Time of this direction's last packet. */
  lastUs: f64;
}

/** What few packets need of one direction; that of direction 1 follows that of direction 0. */
@unmanaged
export class ColdGroup {
  // Deltas of beginnings and ends (STREAM_COLD_TOUCHED), zeroed when a row is exported: COMMON_DELTA_BYTES.
  handshakeUs: f64;
  /** 1: handshakeUs holds a round trip. */
  hasHandshake: i32;
  synPackets: i32;
  synAckPackets: i32;
  finPackets: i32;
  rstPackets: i32;
  /** CLOSING_ constant. */
  closing: i32;
  tcpOptions: i32;
  maximumSegmentSize: i32;
  /** Window scale + 1, or 0. */
  windowScale: i32;
  padding: i32;
  // Deltas of loss and other rarities (STREAM_RARE_TOUCHED), zeroed too: RARE_DELTA_BYTES.
  retransmittedBytes: f64;
  gapBytes: f64;
  outOfOrderBytes: f64;
  retransmittedPackets: i32;
  outOfOrderPackets: i32;
  zeroWindowPackets: i32;
  timestampRoundTrips: i32;
  superFrames: i32;
  superFrameSegments: i32;
  fragments: i32;
  icmpErrors: i32;
  /** Of the last one: type << 8 | code, next-hop MTU, and who sent it. */
  icmpErrorKind: i32;
  icmpErrorMtu: i32;
  icmpErrorSource0: i32;
  icmpErrorSource1: i32;
  icmpErrorSource2: i32;
  icmpErrorSource3: i32;
  // What stays.
  /** Of the entry. In the group of direction 0: when it was closed. In that of direction 1: when it was queued as closed. */
  closedUs: f64;
  initialSequence: i32;
  /** Block in sequence-holes.ts; valid where STREAM_HAS_HOLES. */
  holes: i32;
  /** Valid where STREAM_ENCAPSULATED, as are the two addresses. */
  vni: i32;
  encapsulation: i32;
  /** When the last ICMP error came; valid where icmpErrors is not zero. */
  icmpErrorUs: f64;
  outerSource0: i32;
  outerSource1: i32;
  outerSource2: i32;
  outerSource3: i32;
  outerDestination0: i32;
  outerDestination1: i32;
  outerDestination2: i32;
  outerDestination3: i32;
}

export const ENTRY_IN_USE: i32 = 1;
/** Something has been counted in the entry's window that no row holds yet. */
export const ENTRY_COUNTING: i32 = 2;
/** It stands in the list of entries that count; stays set while a freed entry is still in that list. */
export const ENTRY_LISTED_TOUCHED: i32 = 4;
/** The same for the list of entries that have not been reported yet. */
export const ENTRY_LISTED_NEW: i32 = 8;
/** The same for the queue of closed entries. */
export const ENTRY_QUEUED_CLOSED: i32 = 16;
/** TCP: RST, or FIN in both directions. */
export const ENTRY_CLOSED: i32 = 32;
/** The sender of direction 0 (the low address) began the connection; the next bit: that of direction 1. */
export const ENTRY_INITIATOR_LOW: i32 = 64;
export const ENTRY_INITIATOR_HIGH: i32 = 128;
/** A round-trip sample of direction 0 waits for its acknowledgement; the next bit: of direction 1. */
export const ENTRY_SAMPLING: i32 = 256;
/** The sample of direction 0 is a SYN or SYN-ACK; the next bit: that of direction 1. */
export const ENTRY_SAMPLING_HANDSHAKE: i32 = 1024;
/**
 * The sample of direction 0 was sent again, so that only the echo of its timestamp can tell which sending is answered:
 * its sampleEnd holds the timestamp value. The next bit: that of direction 1.
 */
export const ENTRY_SAMPLING_TIMESTAMP: i32 = 4096;
export const ENTRY_LISTED: i32 = ENTRY_LISTED_TOUCHED | ENTRY_LISTED_NEW | ENTRY_QUEUED_CLOSED;

export const TCP_FLAGS_MASK: i32 = 0xff;
/** nextSequence is known. */
export const STREAM_HAS_NEXT: i32 = 1 << 8;
/** Sequence holes are remembered. */
export const STREAM_HAS_HOLES: i32 = 1 << 9;
/** This row's packets are encapsulated. */
export const STREAM_ENCAPSULATED: i32 = 1 << 10;
/** Some common delta of the cold group is not zero. */
export const STREAM_COLD_TOUCHED: i32 = 1 << 11;
export const STREAM_FIN_SEEN: i32 = 1 << 12;
/** lastAcknowledgement is known. */
export const STREAM_HAS_ACKNOWLEDGED: i32 = 1 << 13;
/** initialSequence is known. */
export const STREAM_SYN_SEEN: i32 = 1 << 14;
/** A row of this direction has been exported. */
export const STREAM_REPORTED: i32 = 1 << 15;
export const VLAN_SHIFT: i32 = 16;
/** Some rare delta of the cold group is not zero. */
export const STREAM_RARE_TOUCHED: i32 = 1 << 28;
/** What stays when a row has been exported and the next begins. */
export const STREAM_KEPT_BETWEEN_ROWS: i32 =
  STREAM_HAS_NEXT |
  STREAM_HAS_HOLES |
  STREAM_FIN_SEEN |
  STREAM_HAS_ACKNOWLEDGED |
  STREAM_SYN_SEEN |
  STREAM_REPORTED;

export const COMMON_DELTA_BYTES: usize = offsetof<ColdGroup>("retransmittedBytes");
export const RARE_DELTA_BYTES: usize = offsetof<ColdGroup>("closedUs") - COMMON_DELTA_BYTES;

const LINE_BYTES: usize = 64;
const ENTRY_BYTES: usize = 3 * LINE_BYTES;
const GROUP_BYTES: usize = offsetof<ColdGroup>();

let hot: usize = 0;
let cold: usize = 0;
/** Entries from here on have never been used. */
let highWater: usize = 0;
let limit: usize = 0;
/** Freed entries, last freed first out: what is warm in the cache is used again first. */
let freed: usize = 0;
let freedCount: i32 = 0;

/** Memory for `capacity` entries, all zero. Pages that no entry has used yet take none: the kernel gives them when they are touched. */
export function reserveEntries(capacity: i32): void {
  if (GROUP_BYTES !== ENTRY_BYTES) ERROR("coldOf takes a cold group for as long as an entry");
  hot = alignToLine(heap.alloc(<usize>capacity * ENTRY_BYTES + LINE_BYTES));
  cold = alignToLine(heap.alloc(<usize>capacity * 2 * GROUP_BYTES + LINE_BYTES));
  freed = heap.alloc((<usize>capacity) << 2);
  highWater = hot;
  limit = hot + <usize>capacity * ENTRY_BYTES;
}

function alignToLine(address: usize): usize {
  return (address + LINE_BYTES - 1) & ~(LINE_BYTES - 1);
}

/** An entry that is not in use, or 0 where all are. */
export function allocateEntry(): Entry {
  if (freedCount > 0) {
    freedCount--;
    return changetype<Entry>(load<u32>(freed + ((<usize>freedCount) << 2)));
  }
  const address = highWater;
  if (address === limit) return changetype<Entry>(0);
  highWater = address + ENTRY_BYTES;
  return changetype<Entry>(address);
}

export function freeEntry(entry: Entry): void {
  store<u32>(freed + ((<usize>freedCount) << 2), <u32>changetype<usize>(entry));
  freedCount++;
}

export function entriesInUse(): i32 {
  return entriesEverUsed() - freedCount;
}

export function entriesEverUsed(): i32 {
  return <i32>((highWater - hot) / ENTRY_BYTES);
}

/** The first entry in memory. */
export function firstEntry(): Entry {
  return changetype<Entry>(hot);
}

/** The one after `entry` in memory; after the last one that was ever used, the first. */
export function entryAfter(entry: Entry): Entry {
  const next = changetype<usize>(entry) + ENTRY_BYTES;
  return changetype<Entry>(next >= highWater ? hot : next);
}

export function lineOf(entry: Entry, direction: i32): DirectionLine {
  return changetype<DirectionLine>(changetype<usize>(entry) + LINE_BYTES + <usize>direction * LINE_BYTES);
}

export function coldOf(entry: Entry, direction: i32): ColdGroup {
  // A cold group is as long as an entry (reserveEntries checks): two of them lie twice as far from the beginning.
  return changetype<ColdGroup>(
    cold + ((changetype<usize>(entry) - hot) << 1) + <usize>direction * GROUP_BYTES,
  );
}

export function sampleEndOf(entry: Entry, direction: i32): i32 {
  return load<i32>(changetype<usize>(entry) + ((<usize>direction) << 2), offsetof<Entry>("sampleEnd0"));
}

export function setSampleEnd(entry: Entry, direction: i32, value: i32): void {
  store<i32>(changetype<usize>(entry) + ((<usize>direction) << 2), value, offsetof<Entry>("sampleEnd0"));
}

/** Zeroes `bytes` from `address` on, a multiple of eight both. */
export function clearWords(address: usize, bytes: usize): void {
  for (let end = address + bytes; address < end; address += 8) store<i64>(address, 0);
}
