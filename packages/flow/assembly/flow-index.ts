import { TCP_FIN, TCP_RST, TCP_SYN } from "../../packet/src/tcp-flags";
import { coldOf, ENTRY_IN_USE, Entry, entriesEverUsed, entryAfter, firstEntry, lineOf } from "./entry";
import { powerOfTwo } from "./entry-ring";
import { Packet } from "./packet";

/*
 * From a key to an entry: open addressing with linear probing. A slot is two words, the key's hash and the entry's
 * address (0: free), side by side in one cache line. Removal shifts the followers back, so there are no tombstones.
 * At most half of the slots are used; the index doubles, so that a small table stays in the cache.
 */
const INITIAL_SLOTS: i32 = 1 << 12;
const SLOT_BITS: usize = 3;

let slots: usize = 0;
let mask: u32 = 0;
let used: i32 = 0;
/** What the reads of {@link touchEntries} gave: nothing that means anything, but reads for nothing would be left out. */
export let touchedSum: i32 = 0;

/** Room for the index of `capacity` entries. */
export function reserveIndex(capacity: i32): void {
  const most = max(powerOfTwo(capacity) * 2, INITIAL_SLOTS);
  slots = (heap.alloc(((<usize>most) << SLOT_BITS) + 64) + 63) & ~63;
  mask = INITIAL_SLOTS - 1;
}

/**
 * Reads the lines of memory that counting the packets from `first` to before `end` will read. There they would be waited for one after
 * the other; here no read depends on the one before it, and the processor waits for many at a time.
 *
 * What is found at a key's home slot is taken for its entry: mostly it is.
 */
export function touchEntries(first: usize, end: usize): void {
  for (let at = first; at < end; at += offsetof<Packet>()) {
    const packet = changetype<Packet>(at);
    packet.likelyEntry = entryIn(slotAt(<u32>packet.hash & mask));
  }
  let sum = 0;
  for (let at = first; at < end; at += offsetof<Packet>()) {
    const packet = changetype<Packet>(at);
    if (packet.likelyEntry === 0) continue;
    const entry = changetype<Entry>(packet.likelyEntry);
    sum ^= entry.low0 ^ lineOf(entry, packet.direction).packets;
  }
  for (let at = first; at < end; at += offsetof<Packet>()) {
    const packet = changetype<Packet>(at);
    if (packet.likelyEntry === 0) continue;
    const entry = changetype<Entry>(packet.likelyEntry);
    const group = coldOf(entry, packet.direction);
    if ((packet.tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) sum ^= group.synPackets;
    if (packet.encapsulation !== 0 && lineOf(entry, packet.direction).packets === 0) sum ^= group.vni;
  }
  touchedSum ^= sum;
}

/** The entry of the packet's key, or 0. */
export function findEntry(packet: Packet): Entry {
  const hash = packet.hash;
  const source = changetype<usize>(packet);
  const low = source + ((<usize>packet.direction) << 4);
  const high = source + ((<usize>(1 - packet.direction)) << 4);
  let position = <u32>hash & mask;
  while (true) {
    const slot = slotAt(position);
    const entry = entryIn(slot);
    if (entry === 0) return changetype<Entry>(0);
    if (load<i32>(slot) === hash) {
      const difference =
        (load<i64>(entry) ^ load<i64>(low)) |
        (load<i64>(entry, 8) ^ load<i64>(low, 8)) |
        (load<i64>(entry, 16) ^ load<i64>(high)) |
        (load<i64>(entry, 24) ^ load<i64>(high, 8)) |
        (load<i64>(entry, 32) ^ load<i64>(source, 32)) |
        (load<u32>(entry, 40) ^ load<u32>(source, 40));
      if (difference === 0) return changetype<Entry>(entry);
    }
    position = (position + 1) & mask;
  }
}

/** Adds an entry whose key is not in the index. */
export function insertEntry(entry: Entry): void {
  if (2 * (used + 1) > <i32>mask + 1) grow();
  place(entry);
  used++;
}

export function removeEntry(entry: Entry): void {
  let hole = <u32>entry.hash & mask;
  while (entryIn(slotAt(hole)) !== changetype<usize>(entry)) hole = (hole + 1) & mask;
  let next = (hole + 1) & mask;
  for (; entryIn(slotAt(next)) !== 0; next = (next + 1) & mask) {
    const home = load<u32>(slotAt(next)) & mask;
    // A follower may move back only as far as its home slot.
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    store<i64>(slotAt(hole), load<i64>(slotAt(next)));
    hole = next;
  }
  store<i64>(slotAt(hole), 0);
  used--;
}

function place(entry: Entry): void {
  let position = <u32>entry.hash & mask;
  while (entryIn(slotAt(position)) !== 0) position = (position + 1) & mask;
  store<i32>(slotAt(position), entry.hash);
  store<u32>(slotAt(position), <u32>changetype<usize>(entry), 4);
}

function grow(): void {
  memory.fill(slots, 0, (<usize>(mask + 1)) << SLOT_BITS);
  mask = mask * 2 + 1;
  let entry = firstEntry();
  for (let left = entriesEverUsed(); left > 0; left--) {
    if ((entry.state & ENTRY_IN_USE) !== 0) place(entry);
    entry = entryAfter(entry);
  }
}

function slotAt(position: u32): usize {
  return slots + ((<usize>position) << SLOT_BITS);
}

function entryIn(slot: usize): usize {
  return load<u32>(slot, 4);
}
