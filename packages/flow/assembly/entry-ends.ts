import { PROTOCOL_TCP } from "../../packet/src/protocols";
import {
  coldOf,
  ENTRY_CLOSED,
  ENTRY_IN_USE,
  ENTRY_QUEUED_CLOSED,
  Entry,
  entriesEverUsed,
  entryAfter,
  firstEntry,
  lineOf,
  STREAM_SYN_SEEN,
} from "./entry";
import { EntryRing } from "./entry-ring";
import { Packet } from "./packet";

/* Which entries end: those that have closed, those that are idle, and whom a full table evicts. Ending them is the table's. */

/** Entries that a full table compares to find the longest idle one. */
const EVICTION_CANDIDATES: i32 = 32;
/** Entries that one round of expiry looks at. */
const EXPIRY_SCAN_ENTRIES: i32 = 1 << 16;

export const NOT_OVER: i32 = 0;
export const OVER_CLOSED: i32 = 1;
export const OVER_IDLE: i32 = 2;

/** In the order in which they closed. */
let closed: EntryRing = changetype<EntryRing>(0);
let closedLingerUs: f64 = 0;
let idleWindows: i32 = 0;
let tcpIdleWindows: i32 = 0;
let scanLeft: i32 = 0;
let expiryHand: Entry = changetype<Entry>(0);
let evictionHand: Entry = changetype<Entry>(0);

/**
 * @param lingerUs how long a closed TCP connection stays, for stragglers
 * @param idle after how many windows without a packet UDP, ICMP and others, and TCP that nobody answered, end
 * @param tcpIdle the same of other TCP
 */
export function setEnds(capacity: i32, lingerUs: f64, idle: i32, tcpIdle: i32): void {
  closed = new EntryRing(capacity);
  closedLingerUs = lingerUs;
  idleWindows = idle;
  tcpIdleWindows = tcpIdle;
  expiryHand = firstEntry();
  evictionHand = firstEntry();
}

/**
 * Whether the entry would have ended before this packet, had it been looked at: so an end depends on packet time only,
 * not on when the table is swept.
 *
 * @param window of the packet
 * @returns NOT_OVER, OVER_CLOSED or OVER_IDLE
 */
export function overBefore(entry: Entry, window: i32, packet: Packet): i32 {
  if (isIdle(entry, window)) return OVER_IDLE;
  if ((entry.state & ENTRY_CLOSED) === 0) return NOT_OVER;
  return packet.timeUs - coldOf(entry, 0).closedUs > closedLingerUs ? OVER_CLOSED : NOT_OVER;
}

/** The entry was closed by this packet. */
export function noteClosed(entry: Entry, packet: Packet): void {
  coldOf(entry, 0).closedUs = packet.timeUs;
  if ((entry.state & ENTRY_QUEUED_CLOSED) === 0) queue(entry, packet.timeUs);
}

/** The next entry that has closed and lingered, or 0. It leaves the queue. */
export function nextClosed(nowUs: f64): Entry {
  while (closed.length > 0) {
    // Of the second group: when it was queued.
    if (nowUs - coldOf(closed.peek(0), 1).closedUs <= closedLingerUs) break;
    const entry = closed.shift();
    entry.state &= ~ENTRY_QUEUED_CLOSED;
    if ((entry.state & ENTRY_CLOSED) === 0) continue;
    if (nowUs - coldOf(entry, 0).closedUs > closedLingerUs) return entry;
    // Opened and closed again since it was queued.
    queue(entry, nowUs);
  }
  return changetype<Entry>(0);
}

/** Begins a round of {@link nextIdle}: a bounded piece of the way round the table. */
export function startIdleScan(): void {
  scanLeft = min(entriesEverUsed(), EXPIRY_SCAN_ENTRIES);
}

/** The next entry that is idle as of `window`, or 0 where this round is over. */
export function nextIdle(window: i32): Entry {
  while (scanLeft > 0) {
    scanLeft--;
    const entry = expiryHand;
    expiryHand = entryAfter(entry);
    if ((entry.state & ENTRY_IN_USE) !== 0 && isIdle(entry, window)) return entry;
  }
  return changetype<Entry>(0);
}

/** Whom to evict from a full table: who closed first, or else the longest idle, by windows, of a sample. */
export function evictionVictim(): Entry {
  while (closed.length > 0) {
    const entry = closed.shift();
    entry.state &= ~ENTRY_QUEUED_CLOSED;
    if ((entry.state & ENTRY_CLOSED) !== 0) return entry;
  }
  let longestIdle = evictionHand;
  for (let left = min(entriesEverUsed(), EVICTION_CANDIDATES); left > 0; left--) {
    if (evictionHand.window < longestIdle.window) longestIdle = evictionHand;
    evictionHand = entryAfter(evictionHand);
  }
  return longestIdle;
}

function queue(entry: Entry, timeUs: f64): void {
  coldOf(entry, 1).closedUs = timeUs;
  entry.state |= ENTRY_QUEUED_CLOSED;
  closed.push(entry);
}

function isIdle(entry: Entry, window: i32): bool {
  const idle = window - entry.window;
  if (idle <= idleWindows) return false;
  const isTcp = (entry.protocolPhase & 0xff) === PROTOCOL_TCP;
  return !isTcp || idle > tcpIdleWindows || isOnlySyn(entry);
}

/** Whether nothing but SYNs of one side has been seen. */
function isOnlySyn(entry: Entry): bool {
  for (let direction = 0; direction < 2; direction++) {
    const own = lineOf(entry, direction);
    if ((own.state & STREAM_SYN_SEEN) === 0 || lineOf(entry, 1 - direction).lastUs !== 0) continue;
    return own.nextSequence === coldOf(entry, direction).initialSequence + 1;
  }
  return false;
}
