import { type DecodedPacket, PROTOCOL_TCP as TCP_PROTOCOL } from "@hopline/packet";
import * as layout from "./entry-layout.js";
import { EntryRing } from "./entry-ring.js";
import type { FlowEntries } from "./flow-entries.js";

// Own copies: see entry-layout.ts.
const {
  COLD_CLOSED_US,
  COLD_GROUP_WORDS,
  COLD_INITIAL_SEQUENCE,
  COLD_QUEUED_US,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_CLOSED,
  ENTRY_IN_USE,
  ENTRY_QUEUED_CLOSED,
  ENTRY_STATE,
  ENTRY_WINDOW,
  HOT_WORDS,
  KEY_PROTOCOL_PHASE,
  LAST_US,
  NEXT_SEQUENCE,
  STREAM_STATE,
  STREAM_SYN_SEEN,
} = layout;
const PROTOCOL_TCP = TCP_PROTOCOL;

/** Entries that a full table compares to find the longest idle one. */
const EVICTION_CANDIDATES = 32;
/** Entries that one round of expiry looks at. */
const EXPIRY_SCAN_ENTRIES = 1 << 16;

export interface EntryEndsOptions {
  /** How long a closed TCP connection stays, for stragglers. */
  readonly closedLingerUs: number;
  /** After how many windows without a packet UDP, ICMP and others, and TCP that nobody answered, end. */
  readonly idleWindows: number;
  readonly tcpIdleWindows: number;
}

export const NOT_OVER = 0;
export const OVER_CLOSED = 1;
export const OVER_IDLE = 2;

/** Which entries end: those that have closed, those that are idle, and whom a full table evicts. Ending them is the table's. */
export class EntryEnds {
  readonly #entries: FlowEntries;
  readonly #options: EntryEndsOptions;
  /** In the order in which they closed. */
  readonly #closed: EntryRing;
  #scanLeft = 0;
  #expiryHand = 0;
  #evictionHand = 0;

  constructor(entries: FlowEntries, options: EntryEndsOptions) {
    this.#entries = entries;
    this.#options = options;
    this.#closed = new EntryRing(entries.capacity);
  }

  /**
   * Whether the entry would have ended before this packet, had it been looked at: so an end depends on packet time only,
   * not on when the table is swept.
   *
   * @param window of the packet
   * @returns NOT_OVER, OVER_CLOSED or OVER_IDLE
   */
  before(index: number, window: number, packet: DecodedPacket): number {
    if (this.#isIdle(index, window)) return OVER_IDLE;
    if ((this.#entries.hot[index * HOT_WORDS + ENTRY_STATE] & ENTRY_CLOSED) === 0) return NOT_OVER;
    return packet.timeUs - this.#closedUs(index) > this.#options.closedLingerUs ? OVER_CLOSED : NOT_OVER;
  }

  /** The entry was closed by this packet. */
  close(index: number, packet: DecodedPacket): void {
    const { hot, coldDoubles } = this.#entries;
    coldDoubles[(index * COLD_WORDS + COLD_CLOSED_US) >> 1] = packet.timeUs;
    if ((hot[index * HOT_WORDS + ENTRY_STATE] & ENTRY_QUEUED_CLOSED) === 0) this.#queue(index, packet.timeUs);
  }

  /** The next entry that has closed and lingered, or -1. It leaves the queue. */
  nextClosed(nowUs: number): number {
    const { hot, coldDoubles } = this.#entries;
    const { closedLingerUs } = this.#options;
    while (this.#closed.length > 0) {
      const index = this.#closed.first();
      if (nowUs - coldDoubles[(index * COLD_WORDS + COLD_QUEUED_US) >> 1] <= closedLingerUs) return -1;
      this.#closed.shift();
      const at = index * HOT_WORDS + ENTRY_STATE;
      hot[at] &= ~ENTRY_QUEUED_CLOSED;
      if ((hot[at] & ENTRY_CLOSED) === 0) continue;
      if (nowUs - this.#closedUs(index) > closedLingerUs) return index;
      // Opened and closed again since it was queued.
      this.#queue(index, nowUs);
    }
    return -1;
  }

  /** Begins a round of {@link nextIdle}: a bounded piece of the way round the table. */
  startScan(): void {
    this.#scanLeft = Math.min(this.#entries.highWater, EXPIRY_SCAN_ENTRIES);
  }

  /** The next entry that is idle as of `window`, or -1 where this round is over. */
  nextIdle(window: number): number {
    const { hot, highWater } = this.#entries;
    while (this.#scanLeft > 0) {
      this.#scanLeft--;
      if (this.#expiryHand >= highWater) this.#expiryHand = 0;
      const index = this.#expiryHand++;
      if ((hot[index * HOT_WORDS + ENTRY_STATE] & ENTRY_IN_USE) !== 0 && this.#isIdle(index, window))
        return index;
    }
    return -1;
  }

  /** Whom to evict from a full table: who closed first, or else the longest idle, by windows, of a sample. */
  victim(): number {
    const { hot, capacity } = this.#entries;
    while (this.#closed.length > 0) {
      const index = this.#closed.shift();
      const at = index * HOT_WORDS + ENTRY_STATE;
      hot[at] &= ~ENTRY_QUEUED_CLOSED;
      if ((hot[at] & ENTRY_CLOSED) !== 0) return index;
    }
    let longestIdle = 0;
    let earliestWindow = Number.MAX_SAFE_INTEGER;
    for (let left = Math.min(capacity, EVICTION_CANDIDATES); left > 0; left--) {
      if (this.#evictionHand >= capacity) this.#evictionHand = 0;
      const index = this.#evictionHand++;
      const lastWindow = hot[index * HOT_WORDS + ENTRY_WINDOW];
      if (lastWindow >= earliestWindow) continue;
      earliestWindow = lastWindow;
      longestIdle = index;
    }
    return longestIdle;
  }

  #queue(index: number, timeUs: number): void {
    this.#entries.coldDoubles[(index * COLD_WORDS + COLD_QUEUED_US) >> 1] = timeUs;
    this.#entries.hot[index * HOT_WORDS + ENTRY_STATE] |= ENTRY_QUEUED_CLOSED;
    this.#closed.push(index);
  }

  #closedUs(index: number): number {
    return this.#entries.coldDoubles[(index * COLD_WORDS + COLD_CLOSED_US) >> 1];
  }

  #isIdle(index: number, window: number): boolean {
    const hot = this.#entries.hot;
    const base = index * HOT_WORDS;
    const idleWindows = window - hot[base + ENTRY_WINDOW];
    if (idleWindows <= this.#options.idleWindows) return false;
    const isTcp = (hot[base + KEY_PROTOCOL_PHASE] & 0xff) === PROTOCOL_TCP;
    return !isTcp || idleWindows > this.#options.tcpIdleWindows || this.#isOnlySyn(index);
  }

  /** Whether nothing but SYNs of one side has been seen. */
  #isOnlySyn(index: number): boolean {
    const { hot, hotDoubles, cold } = this.#entries;
    const line = index * HOT_WORDS + DIRECTION_LINE;
    for (let direction = 0; direction < 2; direction++) {
      const own = line + direction * DIRECTION_LINE_WORDS;
      const other = line + (1 - direction) * DIRECTION_LINE_WORDS;
      if ((hot[own + STREAM_STATE] & STREAM_SYN_SEEN) === 0 || hotDoubles[(other + LAST_US) >> 1] !== 0)
        continue;
      const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
      return hot[own + NEXT_SEQUENCE] === ((cold[group + COLD_INITIAL_SEQUENCE] + 1) | 0);
    }
    return false;
  }
}
