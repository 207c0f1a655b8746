/**
 * How an entry of the flow table lies in memory: one entry a connection at one interface, in two typed arrays.
 *
 * What each packet touches is in `hot`: three groups of 64 bytes (a cache line each), for the key and for each of the
 * two directions, so that a packet costs two lines. What is needed once a row, or after loss, is in `cold`.
 * Both arrays have a second view as doubles; the same offset halves.
 *
 * These offsets are in 32-bit words. A file with a hot loop takes what it needs into constants of its own
 * (`const { PACKETS } = layout`); packages/packet/src/status.ts says why.
 */

// --- Key line, from the entry's base ---
/** Four words each: the lesser address first (canonical order, see flow-key.ts). */
export const KEY_LOW_ADDRESS = 0;
export const KEY_HIGH_ADDRESS = 4;
/** Port of the low address << 16 | port of the high address. */
export const KEY_PORTS = 8;
/** Protocol | phase << 8 | WIDE (flow-key.ts). */
export const KEY_PROTOCOL_PHASE = 9;
export const KEY_INTERFACE = 10;
/** ENTRY_ bits. */
export const ENTRY_STATE = 11;
/** The window of the last packet in either direction. */
export const ENTRY_WINDOW = 12;
/** Round-trip sample of direction 0, then of direction 1: the acknowledgement number that answers it. */
export const SAMPLE_END = 13;
export const ENTRY_HASH = 15;

export const ENTRY_IN_USE = 1;
/** Something has been counted in ENTRY_WINDOW that no row holds yet. */
export const ENTRY_COUNTING = 2;
/** It stands in the list of entries that count; stays set while a freed entry's index is still in that list. */
export const ENTRY_LISTED_TOUCHED = 4;
/** The same for the list of entries that have not been reported yet. */
export const ENTRY_LISTED_NEW = 8;
/** The same for the queue of closed entries. */
export const ENTRY_QUEUED_CLOSED = 16;
/** TCP: RST, or FIN in both directions. */
export const ENTRY_CLOSED = 32;
/** The sender of direction 0 (the low address) began the connection; the next bit: that of direction 1. */
export const ENTRY_INITIATOR_LOW = 64;
export const ENTRY_INITIATOR_HIGH = 128;
/** A round-trip sample of direction 0 waits for its acknowledgement; the next bit: of direction 1. */
export const ENTRY_SAMPLING = 256;
/** The sample of direction 0 is a SYN or SYN-ACK; the next bit: that of direction 1. */
export const ENTRY_SAMPLING_HANDSHAKE = 1024;
/**
 * The sample of direction 0 was sent again, so that only the echo of its timestamp can tell which sending is answered:
 * SAMPLE_END holds the timestamp value. The next bit: that of direction 1.
 */
export const ENTRY_SAMPLING_TIMESTAMP = 4096;
export const ENTRY_LISTED = ENTRY_LISTED_TOUCHED | ENTRY_LISTED_NEW | ENTRY_QUEUED_CLOSED;

// --- Direction lines: direction 0 (low to high) at base + 16, direction 1 at base + 32 ---
export const DIRECTION_LINE = 16;
export const DIRECTION_LINE_WORDS = 16;

export const PACKETS = 0;
/** TCP flags of this row (bits 0-7) | STREAM_ bits | VLAN id << 16. */
export const STREAM_STATE = 1;
/** An integer: a row is exported before it can overflow. */
export const BYTES = 2;
export const PAYLOAD_BYTES = 3;
export const PAYLOAD_PACKETS = 4;
/** TCP: the sequence number after the highest seen. */
export const NEXT_SEQUENCE = 5;
/** Double: when the sampled segment passed. */
export const SAMPLE_US = 6;
/** Double. */
export const ROUND_TRIP_SUM_US = 8;
export const ROUND_TRIP_COUNT = 10;
/** Last acknowledgement number that this direction sent. */
export const LAST_ACKNOWLEDGEMENT = 11;
/** Double: time of the first packet of this row. */
export const FIRST_US = 12;
/** Double: time of this direction's last packet. */
export const LAST_US = 14;

export const TCP_FLAGS_MASK = 0xff;
/** NEXT_SEQUENCE is known. */
export const STREAM_HAS_NEXT = 1 << 8;
/** Sequence holes are remembered (COLD_HOLES). */
export const STREAM_HAS_HOLES = 1 << 9;
/** This row's packets are encapsulated (COLD_OUTER_*, COLD_VNI). */
export const STREAM_ENCAPSULATED = 1 << 10;
/** Some delta in `cold` is not zero. */
export const STREAM_COLD_TOUCHED = 1 << 11;
export const STREAM_FIN_SEEN = 1 << 12;
/** LAST_ACKNOWLEDGEMENT is known. */
export const STREAM_HAS_ACKNOWLEDGED = 1 << 13;
/** COLD_INITIAL_SEQUENCE is known. */
export const STREAM_SYN_SEEN = 1 << 14;
/** A row of this direction has been exported. */
export const STREAM_REPORTED = 1 << 15;
export const VLAN_SHIFT = 16;
/** Some of the rarer deltas in `cold` is not zero. */
export const STREAM_RARE_TOUCHED = 1 << 28;
/** What stays when a row has been exported and the next begins. */
export const STREAM_KEPT_BETWEEN_ROWS =
  STREAM_HAS_NEXT |
  STREAM_HAS_HOLES |
  STREAM_FIN_SEEN |
  STREAM_HAS_ACKNOWLEDGED |
  STREAM_SYN_SEEN |
  STREAM_REPORTED;

/** Words of an entry in `hot`. */
export const HOT_WORDS = DIRECTION_LINE + 2 * DIRECTION_LINE_WORDS;

// --- Cold group of one direction; that of direction 1 follows that of direction 0 ---
// Deltas, zeroed when a row is exported. First those of beginnings and ends (STREAM_COLD_TOUCHED).
/** Double. */
export const COLD_HANDSHAKE_US = 0;
/** 1: COLD_HANDSHAKE_US holds a round trip. */
export const COLD_HAS_HANDSHAKE = 2;
export const COLD_SYN = 3;
export const COLD_SYN_ACK = 4;
export const COLD_FIN = 5;
export const COLD_RST = 6;
export const COLD_CLOSING = 7;
export const COLD_TCP_OPTIONS = 8;
export const COLD_MAXIMUM_SEGMENT_SIZE = 9;
/** Window scale + 1, or 0. */
export const COLD_WINDOW_SCALE = 10;
export const COLD_COMMON_WORDS = 11;
// Then those of loss and other rarities (STREAM_RARE_TOUCHED).
/** Doubles. */
export const COLD_RETRANSMITTED_BYTES = 12;
export const COLD_GAP_BYTES = 14;
export const COLD_OUT_OF_ORDER_BYTES = 16;
/** Integers. */
export const COLD_RETRANSMITTED_PACKETS = 18;
export const COLD_OUT_OF_ORDER_PACKETS = 19;
export const COLD_ZERO_WINDOW = 20;
export const COLD_TIMESTAMP_ROUND_TRIPS = 21;
export const COLD_SUPER_FRAMES = 22;
export const COLD_SUPER_FRAME_SEGMENTS = 23;
export const COLD_FRAGMENTS = 24;
export const COLD_ICMP_ERRORS = 25;
/** Of the last one: type << 8 | code, next-hop MTU, and four words of who sent it. */
export const COLD_ICMP_ERROR_KIND = 26;
export const COLD_ICMP_ERROR_MTU = 27;
export const COLD_ICMP_ERROR_SOURCE = 28;
export const COLD_DELTA_WORDS = 32;
// What stays.
/** Double, of the entry: when the connection was closed; valid where ENTRY_CLOSED. */
export const COLD_CLOSED_US = 32;
export const COLD_INITIAL_SEQUENCE = 34;
/** Block in SequenceHoles; valid where STREAM_HAS_HOLES. */
export const COLD_HOLES = 35;
/** Valid where STREAM_ENCAPSULATED, as are the two addresses. */
export const COLD_VNI = 36;
export const COLD_ENCAPSULATION = 37;
/** Double: when the last ICMP error came; valid where COLD_ICMP_ERRORS is not zero. */
export const COLD_ICMP_ERROR_US = 38;
export const COLD_OUTER_SOURCE = 40;
export const COLD_OUTER_DESTINATION = 44;

export const COLD_GROUP_WORDS = 48;
/** Double, of the entry: when it was queued as closed; valid where ENTRY_QUEUED_CLOSED. */
export const COLD_QUEUED_US = COLD_GROUP_WORDS + COLD_CLOSED_US;
export const COLD_WORDS = 2 * COLD_GROUP_WORDS;
