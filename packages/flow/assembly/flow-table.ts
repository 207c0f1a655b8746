import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../../packet/src/protocols";
import { TCP_ACK, TCP_SYN } from "../../packet/src/tcp-flags";
import { ROW_EVICTED, ROW_LAST, WINDOW_SECONDS } from "../src/row-flags";
import { enterCounting, exportBefore, reserveCounting } from "./counting-entries";
import {
  allocateEntry,
  ENTRY_CLOSED,
  ENTRY_COUNTING,
  ENTRY_IN_USE,
  ENTRY_LISTED,
  ENTRY_LISTED_NEW,
  Entry,
  freeEntry,
  lineOf,
  reserveEntries,
  STREAM_REPORTED,
} from "./entry";
import {
  evictionVictim,
  NOT_OVER,
  nextClosed,
  nextIdle,
  noteClosed,
  OVER_IDLE,
  overBefore,
  setEnds,
  startIdleScan,
} from "./entry-ends";
import { EntryRing } from "./entry-ring";
import { beginRow, resetEntry, writeKey } from "./entry-start";
import { findEntry, insertEntry, removeEntry, reserveIndex } from "./flow-index";
import { seedHash, setQuotedKey } from "./flow-key";
import { Packet } from "./packet";
import { countFragment, countIcmpError, countSuperFrame } from "./rare-counts";
import { exportEntry } from "./row-export";
import { countSctp } from "./sctp-accounting";
import { forgetHoles } from "./sequence-coverage";
import { reserveHoles } from "./sequence-holes";
import { beginsAnew, countTcp } from "./tcp-accounting";

const WINDOW_US: f64 = <f64>WINDOW_SECONDS * 1e6;
/** A row's bytes are counted in 31 bits: it is exported when they pass this, and one packet adds far less. */
const LARGEST_ROW_BYTES: i32 = 0x40000000;

/** Counters, all monotonic. */
export let created: f64 = 0;
export let endedClosed: f64 = 0;
export let endedIdle: f64 = 0;
export let reopened: f64 = 0;
export let evictedClosed: f64 = 0;
export let evictedIdle: f64 = 0;
export let icmpErrorsMatched: f64 = 0;
export let icmpErrorsUnmatched: f64 = 0;

/** The window of the last packet, and where it begins and ends. */
let currentWindow: i32 = -1;
let windowStartUs: f64 = Infinity;
let windowEndUs: f64 = -Infinity;
/** All windows before this one have been closed. */
let closedUpTo: f64 = -1;
/** Entries that have not been reported yet. */
let newEntries: EntryRing = changetype<EntryRing>(0);
const quoted: Packet = changetype<Packet>(memory.data(<i32>offsetof<Packet>(), 8));

/** Takes the memory that the table will ever need; to be called once, before everything else. */
export function reserveTable(
  capacity: i32,
  hashSeed: i32,
  closedLingerUs: f64,
  idleWindows: i32,
  tcpIdleWindows: i32,
): void {
  reserveEntries(capacity);
  reserveIndex(capacity);
  reserveHoles();
  reserveCounting(capacity);
  newEntries = new EntryRing(capacity);
  setEnds(capacity, closedLingerUs, idleWindows, tcpIdleWindows);
  seedHash(hashSeed);
}

/** Counts a packet that has its key. */
export function countKeyed(packet: Packet): void {
  const direction = packet.direction;
  let entry = findEntry(packet);
  if (changetype<usize>(entry) === 0) entry = create(packet);
  else if ((packet.tcpFlags & (TCP_SYN | TCP_ACK)) === TCP_SYN && beginsAnew(entry, packet)) {
    reopened++;
    restart(entry);
  }

  const timeUs = packet.timeUs;
  if (timeUs >= windowEndUs || timeUs < windowStartUs) turnTo(timeUs);
  if (entry.window !== currentWindow || (entry.state & ENTRY_COUNTING) === 0)
    enterWindow(entry, currentWindow, packet);

  const line = lineOf(entry, direction);
  const packets = line.packets;
  if (packets === 0) beginRow(entry, line, packet);
  else if (timeUs > line.lastUs) line.lastUs = timeUs;
  else if (timeUs < line.firstUs) line.firstUs = timeUs;
  line.packets = packets + 1;
  const bytes = line.bytes + packet.bytes;
  line.bytes = bytes;
  const payloadBytes = packet.payloadBytes;
  if (payloadBytes !== 0) {
    line.payloadBytes += payloadBytes;
    line.payloadPackets++;
  }
  if (packet.protocol === PROTOCOL_TCP) {
    if (countTcp(entry, line, packet)) noteClosed(entry, packet);
  } else if (packet.protocol !== PROTOCOL_UDP) countOther(entry, packet);
  if (packet.segmentBytes !== 0) countSuperFrame(entry, packet);
  if (packet.hasRareFields !== 0) countFragment(entry, packet);
  if (bytes > LARGEST_ROW_BYTES) exportEntry(entry, 0);
}

/** What is neither TCP nor UDP. */
function countOther(entry: Entry, packet: Packet): void {
  if (packet.hasRareFields === 0) return;
  if (countSctp(entry, packet)) noteClosed(entry, packet);
  const protocol = packet.protocol;
  if ((protocol !== PROTOCOL_ICMP && protocol !== PROTOCOL_ICMPV6) || packet.isIcmpError === 0) return;
  // The packet that is quoted had passed this interface the other way; whatever that was by name, it is this connection's.
  let quotedEntry = changetype<Entry>(0);
  if (packet.quotedHasPorts !== 0) {
    setQuotedKey(quoted, packet);
    quotedEntry = findEntry(quoted);
  }
  // What has ended by packet time is as good as gone, whether the table has been swept since or not.
  if (changetype<usize>(quotedEntry) === 0 || !isOpenIn(quotedEntry, currentWindow, packet)) {
    icmpErrorsUnmatched++;
    return;
  }
  icmpErrorsMatched++;
  countIcmpError(quotedEntry, quoted.direction, packet);
}

/** Opens the entry's row of `window`. @returns whether the entry had not ended before `packet` */
function isOpenIn(entry: Entry, window: i32, packet: Packet): bool {
  if (entry.window === window && (entry.state & ENTRY_COUNTING) !== 0) return true;
  if (overBefore(entry, window, packet) !== NOT_OVER) return false;
  enterWindow(entry, window, packet);
  return true;
}

/** Time has come to another window than that of the packet before. */
function turnTo(timeUs: f64): void {
  const window = Math.floor(timeUs / WINDOW_US);
  currentWindow = <i32>window;
  windowStartUs = window * WINDOW_US;
  windowEndUs = windowStartUs + WINDOW_US;
}

/** Exports all connections that have not been reported yet. */
export function exportNew(nowUs: f64): void {
  // First, so that what is new and has ended already takes one row.
  expireClosed(nowUs);
  while (newEntries.length > 0) {
    const entry = newEntries.shift();
    entry.state &= ~ENTRY_LISTED_NEW;
    if ((entry.state & ENTRY_IN_USE) !== 0 && !isReported(entry)) exportEntry(entry, 0);
  }
}

/** Exports every window that is over at `nowUs`. @returns whether any has ended since the last call */
export function exportWindows(nowUs: f64): bool {
  const window = Math.floor(nowUs / WINDOW_US);
  expireClosed(nowUs);
  if (window <= closedUpTo) return false;
  closedUpTo = window;
  exportBefore(window);
  return true;
}

/** Ends a part of what is idle at `nowUs`: bounded work. */
export function expireIdle(nowUs: f64): void {
  const window = <i32>Math.floor(nowUs / WINDOW_US);
  startIdleScan();
  for (let entry = nextIdle(window); changetype<usize>(entry) !== 0; entry = nextIdle(window)) {
    endedIdle++;
    end(entry, ROW_LAST);
  }
}

/** Exports everything that has been counted and not reported. */
export function exportAll(): void {
  exportBefore(Infinity);
}

function create(packet: Packet): Entry {
  let entry = allocateEntry();
  if (changetype<usize>(entry) === 0) {
    evict();
    entry = allocateEntry();
  }
  writeKey(entry, packet);
  insertEntry(entry);
  created++;
  reset(entry);
  return entry;
}

/** Ends what an entry holds and begins it anew under the same key. */
function restart(entry: Entry): void {
  exportEntry(entry, ROW_LAST);
  forgetHoles(entry, 0);
  forgetHoles(entry, 1);
  created++;
  reset(entry);
}

function reset(entry: Entry): void {
  resetEntry(entry);
  if ((entry.state & ENTRY_LISTED_NEW) !== 0) return;
  entry.state |= ENTRY_LISTED_NEW;
  newEntries.push(entry);
}

/** The first packet of an entry in another window than that of its counts, or since its last row. */
function enterWindow(entry: Entry, window: i32, packet: Packet): void {
  const over = overBefore(entry, window, packet);
  if (over !== NOT_OVER) {
    if (over === OVER_IDLE) endedIdle++;
    else endedClosed++;
    restart(entry);
  } else if (entry.window !== window && (entry.state & ENTRY_COUNTING) !== 0) exportEntry(entry, 0);
  enterCounting(entry, window);
}

function isReported(entry: Entry): bool {
  return ((lineOf(entry, 0).state | lineOf(entry, 1).state) & STREAM_REPORTED) !== 0;
}

function expireClosed(nowUs: f64): void {
  for (let entry = nextClosed(nowUs); changetype<usize>(entry) !== 0; entry = nextClosed(nowUs)) {
    endedClosed++;
    end(entry, ROW_LAST);
  }
}

function evict(): void {
  const entry = evictionVictim();
  if ((entry.state & ENTRY_CLOSED) !== 0) evictedClosed++;
  else evictedIdle++;
  end(entry, ROW_LAST | ROW_EVICTED);
}

/** Exports what is left of an entry and frees it. */
function end(entry: Entry, endFlags: i32): void {
  exportEntry(entry, endFlags);
  forgetHoles(entry, 0);
  forgetHoles(entry, 1);
  removeEntry(entry);
  entry.state &= ENTRY_LISTED;
  freeEntry(entry);
}
