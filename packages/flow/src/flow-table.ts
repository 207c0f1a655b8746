import {
  TCP_ACK as ACK_FLAG,
  DecodedPacket,
  PROTOCOL_ICMP as ICMP_PROTOCOL,
  PROTOCOL_ICMPV6 as ICMPV6_PROTOCOL,
  TCP_SYN as SYN_FLAG,
  PROTOCOL_TCP as TCP_PROTOCOL,
  PROTOCOL_UDP as UDP_PROTOCOL,
} from "@hopline/packet";
import { CountingEntries } from "./counting-entries.js";
import { NOT_OVER as ENTRY_NOT_OVER, OVER_IDLE as ENTRY_OVER_IDLE, EntryEnds } from "./entry-ends.js";
import * as layout from "./entry-layout.js";
import { EntryRing } from "./entry-ring.js";
import { beginRow, resetEntry, writeKey } from "./entry-start.js";
import { FlowEntries } from "./flow-entries.js";
import { FlowIndex } from "./flow-index.js";
import { FlowKey, setFlowKey } from "./flow-key.js";
import type { FlowTableCounters } from "./flow-table-counters.js";
import type { FlowTableOptions } from "./flow-table-options.js";
import { HopRowBuffer } from "./hop-row-buffer.js";
import { type HopRows, ROW_EVICTED, ROW_LAST, WINDOW_SECONDS } from "./hop-rows.js";
import { quotedFlowKey } from "./quoted-flow-key.js";
import { countFragment, countIcmpError, countSuperFrame } from "./rare-counts.js";
import { exportEntry } from "./row-export.js";
import { RowSampling } from "./row-sampling.js";
import { countSctp } from "./sctp-accounting.js";
import { forgetHoles } from "./sequence-coverage.js";
import { beginsAnew, countTcp } from "./tcp-accounting.js";

// Own copies: see entry-layout.ts.
const {
  BYTES,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_CLOSED,
  ENTRY_COUNTING,
  ENTRY_HASH,
  ENTRY_IN_USE,
  ENTRY_LISTED,
  ENTRY_LISTED_NEW,
  ENTRY_STATE,
  ENTRY_WINDOW,
  FIRST_US,
  HOT_WORDS,
  LAST_US,
  PACKETS,
  PAYLOAD_BYTES,
  PAYLOAD_PACKETS,
  STREAM_REPORTED,
  STREAM_STATE,
} = layout;
const PROTOCOL_TCP = TCP_PROTOCOL;
const PROTOCOL_UDP = UDP_PROTOCOL;
const PROTOCOL_ICMP = ICMP_PROTOCOL;
const PROTOCOL_ICMPV6 = ICMPV6_PROTOCOL;
const NOT_OVER = ENTRY_NOT_OVER;
const OVER_IDLE = ENTRY_OVER_IDLE;
const ACK = ACK_FLAG;
const SYN = SYN_FLAG;

const WINDOW_US = WINDOW_SECONDS * 1e6;
const WINDOW_MS = WINDOW_SECONDS * 1e3;
/** A row's bytes are counted in 31 bits: it is exported when they pass this, and one packet adds far less. */
const LARGEST_ROW_BYTES = 0x40000000;
const DEFAULT_CAPACITY = 1 << 18;

/**
 * Counts packets into one entry for each connection at each interface, and exports what entries have counted as rows,
 * cut by windows of packet time.
 *
 * Rows leave by {@link takeNew} (what has not been reported yet), {@link closeWindow} (each window, and what ended) and
 * {@link flush}. A row holds what was counted since the last row of that direction, never of two windows: a packet of
 * another window than its entry's moves the entry's counts to a row first. Rows add up to all that was counted.
 *
 * Ends: TCP closed by RST or FIN both ways; idle; a SYN that opens the same tuple again; eviction from a full table
 * (the longest closed one, or else the longest idle of a sample of 32).
 */
export class FlowTable {
  readonly #entries: FlowEntries;
  readonly #index = new FlowIndex();
  readonly #key = new FlowKey();
  readonly #rows: HopRowBuffer;
  readonly #counting: CountingEntries;
  readonly #new: EntryRing;
  readonly #ends: EntryEnds;
  readonly #seed: number;
  readonly #quotedKey = new FlowKey();
  readonly #quoted = new DecodedPacket();
  /** The window of the last packet, and where it begins and ends. */
  #window = -1;
  #windowStartUs = Number.POSITIVE_INFINITY;
  #windowEndUs = Number.NEGATIVE_INFINITY;
  /** All windows before this one have been closed. */
  #closedUpTo = -1;
  #created = 0;
  #endedClosed = 0;
  #endedIdle = 0;
  #reopened = 0;
  #evictedClosed = 0;
  #evictedIdle = 0;
  #rowsTaken = 0;
  #icmpErrorsMatched = 0;
  #icmpErrorsUnmatched = 0;
  #touchedSum = 0;

  constructor(options: FlowTableOptions = {}) {
    const capacity = options.capacity ?? DEFAULT_CAPACITY;
    this.#entries = new FlowEntries(capacity);
    this.#counting = new CountingEntries(this.#entries);
    this.#new = new EntryRing(capacity);
    this.#ends = new EntryEnds(this.#entries, {
      closedLingerUs: (options.closedLingerMs ?? 5_000) * 1e3,
      idleWindows: Math.ceil((options.idleTimeoutMs ?? 60_000) / WINDOW_MS),
      tcpIdleWindows: Math.ceil((options.tcpIdleTimeoutMs ?? 600_000) / WINDOW_MS),
    });
    this.#seed = (options.hashSeed ?? 0) | 0;
    this.#rows = new HopRowBuffer(new RowSampling(options.isSampled));
  }

  /**
   * From now on the source captures one in 2^shift connections; 0: all. Rows of connections that are left out carry
   * ROW_SAMPLED, those too that were being counted when it changed.
   */
  setSampling(shift: number): void {
    this.#rows.sampling.set(shift);
  }

  /** Counts one decoded packet, whose `timeUs`, `interfaceIndex` and `direction` are set. */
  count(packet: DecodedPacket): void {
    setFlowKey(this.#key, packet, this.#seed);
    this.#countKeyed(packet, this.#key);
  }

  /**
   * The same for the first `count` of `packets`, `keys[i]` being the key of `packets[i]`, made by {@link keyOf}.
   *
   * In two steps because they are done many at a time: short loops keep their values in the processor's registers, where
   * one loop from frame to counter runs out of them. Measured: a tenth of the time of all.
   */
  countAll(packets: readonly DecodedPacket[], keys: readonly FlowKey[], count: number): void {
    this.#touchedSum ^= this.#index.touch(this.#entries, packets, keys, count);
    for (let i = 0; i < count; i++) this.#countKeyed(packets[i], keys[i]);
  }

  /** Makes `key` the key of `packet`. */
  keyOf(packet: DecodedPacket, key: FlowKey): void {
    setFlowKey(key, packet, this.#seed);
  }

  #countKeyed(packet: DecodedPacket, key: FlowKey): void {
    const entries = this.#entries;
    const hot = entries.hot;
    const doubles = entries.hotDoubles;
    const direction = key.direction;
    let index = this.#index.find(entries, key, packet);
    if (index === -1) index = this.#create(key, packet);
    else if (
      (packet.tcpFlags & (SYN | ACK)) === SYN &&
      beginsAnew(entries, index, direction, packet.sequence)
    ) {
      this.#reopened++;
      this.#restart(index);
    }

    const base = index * HOT_WORDS;
    const timeUs = packet.timeUs;
    if (timeUs >= this.#windowEndUs || timeUs < this.#windowStartUs) this.#turnTo(timeUs);
    const window = this.#window;
    if (hot[base + ENTRY_WINDOW] !== window || (hot[base + ENTRY_STATE] & ENTRY_COUNTING) === 0)
      this.#enterWindow(index, window, packet);

    const line = base + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
    const doubleLine = line >> 1;
    const packets = hot[line + PACKETS];
    if (packets === 0) beginRow(entries, index, direction, packet);
    else if (timeUs > doubles[doubleLine + (LAST_US >> 1)]) doubles[doubleLine + (LAST_US >> 1)] = timeUs;
    else if (timeUs < doubles[doubleLine + (FIRST_US >> 1)]) doubles[doubleLine + (FIRST_US >> 1)] = timeUs;
    hot[line + PACKETS] = packets + 1;
    const bytes = hot[line + BYTES] + packet.bytes;
    hot[line + BYTES] = bytes;
    const payloadBytes = packet.payloadBytes;
    if (payloadBytes !== 0) {
      hot[line + PAYLOAD_BYTES] += payloadBytes;
      hot[line + PAYLOAD_PACKETS]++;
    }
    const protocol = packet.protocol;
    if (protocol === PROTOCOL_TCP) {
      if (countTcp(entries, index, direction, packet) !== 0) this.#ends.close(index, packet);
    } else if (protocol !== PROTOCOL_UDP) this.#countOther(index, direction, packet);
    // Neither is seen on most nodes' wires: one test for both.
    if ((packet.segmentBytes | packet.fragmentId) !== 0) {
      countSuperFrame(entries, index, direction, packet);
      countFragment(entries, index, direction, packet);
    }
    if (bytes > LARGEST_ROW_BYTES) exportEntry(entries, index, this.#rows, 0);
  }

  /** What is neither TCP nor UDP. */
  #countOther(index: number, direction: number, packet: DecodedPacket): void {
    if (countSctp(this.#entries, index, direction, packet) !== 0) this.#ends.close(index, packet);
    if (!isIcmp(packet.protocol) || packet.isIcmpError === 0) return;
    // The packet that is quoted had passed this interface the other way; whatever that was by name, it is this connection's.
    const key = this.#quotedKey;
    quotedFlowKey(key, this.#quoted, packet, this.#seed);
    const quotedIndex = packet.quotedHasPorts === 0 ? -1 : this.#index.find(this.#entries, key, this.#quoted);
    // What has ended by packet time is as good as gone, whether the table has been swept since or not.
    if (quotedIndex === -1 || !this.#isOpenIn(quotedIndex, this.#window, packet)) {
      this.#icmpErrorsUnmatched++;
      return;
    }
    this.#icmpErrorsMatched++;
    countIcmpError(this.#entries, quotedIndex, key.direction, packet);
  }

  /** Opens the entry's row of `window`. @returns whether the entry had not ended before `packet` */
  #isOpenIn(index: number, window: number, packet: DecodedPacket): boolean {
    const hot = this.#entries.hot;
    const base = index * HOT_WORDS;
    if (hot[base + ENTRY_WINDOW] === window && (hot[base + ENTRY_STATE] & ENTRY_COUNTING) !== 0) return true;
    if (this.#ends.before(index, window, packet) !== NOT_OVER) return false;
    this.#enterWindow(index, window, packet);
    return true;
  }

  /** Time has come to another window than that of the packet before. */
  #turnTo(timeUs: number): void {
    this.#window = Math.floor(timeUs / WINDOW_US);
    this.#windowStartUs = this.#window * WINDOW_US;
    this.#windowEndUs = this.#windowStartUs + WINDOW_US;
  }

  /**
   * Rows of all connections that have not been reported yet, and whatever else waits. To be called often (every
   * 500 ms), so that a connection is known within a second of its first packet.
   *
   * @param nowUs packet time, microseconds since the Unix epoch
   */
  takeNew(nowUs: number): HopRows | undefined {
    const hot = this.#entries.hot;
    // First, so that what is new and has ended already takes one row.
    this.#expireClosed(nowUs);
    while (this.#new.length > 0) {
      const index = this.#new.shift();
      const base = index * HOT_WORDS;
      hot[base + ENTRY_STATE] &= ~ENTRY_LISTED_NEW;
      if ((hot[base + ENTRY_STATE] & ENTRY_IN_USE) === 0 || this.#isReported(index)) continue;
      exportEntry(this.#entries, index, this.#rows, 0);
    }
    return this.#take();
  }

  /**
   * Rows of every window that is over at `nowUs`, of what has ended since, and whatever else waits. Cheap where no
   * window has ended since the last call.
   *
   * @param nowUs packet time, microseconds since the Unix epoch; live, a little less than the clock, so that frames that
   *   are still in the ring find their window open
   */
  closeWindow(nowUs: number): HopRows | undefined {
    const window = Math.floor(nowUs / WINDOW_US);
    this.#expireClosed(nowUs);
    if (window > this.#closedUpTo) {
      this.#closedUpTo = window;
      this.#counting.exportBefore(window, this.#rows);
      this.#rows.sampling.windowClosed();
      this.#expireIdle(window);
    }
    return this.#take();
  }

  /** Rows of everything that has been counted and not reported: before the agent stops, or a file has ended. */
  flush(): HopRows | undefined {
    this.#counting.exportBefore(Number.POSITIVE_INFINITY, this.#rows);
    return this.#take();
  }

  /** Gives rows back that this table handed out, and that nobody reads any more: their memory is used again. */
  recycle(rows: HopRows): void {
    this.#rows.recycle(rows);
  }

  counters(): FlowTableCounters {
    return {
      entries: this.#entries.inUse,
      pendingRows: this.#rows.count,
      created: this.#created,
      ended: { closed: this.#endedClosed, idle: this.#endedIdle, reopened: this.#reopened },
      evicted: { closed: this.#evictedClosed, idle: this.#evictedIdle },
      holesForgotten: this.#entries.holes.forgotten,
      icmpErrors: { matched: this.#icmpErrorsMatched, unmatched: this.#icmpErrorsUnmatched },
      rows: this.#rowsTaken + this.#rows.count,
    };
  }

  /** Rows that wait to be taken: to be looked at where many end at once, so that they do not pile up. */
  get pendingRows(): number {
    return this.#rows.count;
  }

  #take(): HopRows | undefined {
    this.#rowsTaken += this.#rows.count;
    return this.#rows.take();
  }

  #create(key: FlowKey, packet: DecodedPacket): number {
    const entries = this.#entries;
    let index = entries.allocate();
    if (index === -1) {
      this.#evict();
      index = entries.allocate();
    }
    writeKey(entries, index, key, packet);
    this.#index.insert(key.hash, index);
    this.#created++;
    this.#reset(index);
    return index;
  }

  /** Ends what an entry holds and begins it anew under the same key. */
  #restart(index: number): void {
    exportEntry(this.#entries, index, this.#rows, ROW_LAST);
    forgetHoles(this.#entries, index, 0);
    forgetHoles(this.#entries, index, 1);
    this.#created++;
    this.#reset(index);
  }

  #reset(index: number): void {
    resetEntry(this.#entries, index);
    const at = index * HOT_WORDS + ENTRY_STATE;
    if ((this.#entries.hot[at] & ENTRY_LISTED_NEW) !== 0) return;
    this.#entries.hot[at] |= ENTRY_LISTED_NEW;
    this.#new.push(index);
  }

  /** The first packet of an entry in another window than that of its counts, or since its last row. */
  #enterWindow(index: number, window: number, packet: DecodedPacket): void {
    const hot = this.#entries.hot;
    const base = index * HOT_WORDS;
    const over = this.#ends.before(index, window, packet);
    if (over !== NOT_OVER) {
      if (over === OVER_IDLE) this.#endedIdle++;
      else this.#endedClosed++;
      this.#restart(index);
    } else if (hot[base + ENTRY_WINDOW] !== window && (hot[base + ENTRY_STATE] & ENTRY_COUNTING) !== 0)
      exportEntry(this.#entries, index, this.#rows, 0);
    this.#counting.enter(index, window);
  }

  #isReported(index: number): boolean {
    const hot = this.#entries.hot;
    const line = index * HOT_WORDS + DIRECTION_LINE;
    return (
      ((hot[line + STREAM_STATE] | hot[line + DIRECTION_LINE_WORDS + STREAM_STATE]) & STREAM_REPORTED) !== 0
    );
  }

  #expireClosed(nowUs: number): void {
    for (let index = this.#ends.nextClosed(nowUs); index !== -1; index = this.#ends.nextClosed(nowUs)) {
      this.#endedClosed++;
      this.#end(index, ROW_LAST);
    }
  }

  #expireIdle(window: number): void {
    this.#ends.startScan();
    for (let index = this.#ends.nextIdle(window); index !== -1; index = this.#ends.nextIdle(window)) {
      this.#endedIdle++;
      this.#end(index, ROW_LAST);
    }
  }

  #evict(): void {
    const index = this.#ends.victim();
    if ((this.#entries.hot[index * HOT_WORDS + ENTRY_STATE] & ENTRY_CLOSED) !== 0) this.#evictedClosed++;
    else this.#evictedIdle++;
    this.#end(index, ROW_LAST | ROW_EVICTED);
  }

  /** Exports what is left of an entry and frees it. */
  #end(index: number, endFlags: number): void {
    const entries = this.#entries;
    const base = index * HOT_WORDS;
    exportEntry(entries, index, this.#rows, endFlags);
    forgetHoles(entries, index, 0);
    forgetHoles(entries, index, 1);
    this.#index.remove(entries.hot[base + ENTRY_HASH], index);
    entries.hot[base + ENTRY_STATE] &= ENTRY_LISTED;
    entries.free(index);
  }
}

function isIcmp(protocol: number): boolean {
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
}
