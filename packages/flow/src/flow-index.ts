import {
  type DecodedPacket,
  TCP_FIN as FIN_FLAG,
  TCP_RST as RST_FLAG,
  TCP_SYN as SYN_FLAG,
} from "@hopline/packet";
import * as layout from "./entry-layout.js";
import type { FlowEntries } from "./flow-entries.js";
import type { FlowKey } from "./flow-key.js";
import { WIDE as KEY_WIDE } from "./flow-key.js";

// Own copies: see entry-layout.ts.
const {
  COLD_GROUP_WORDS,
  COLD_VNI,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  HOT_WORDS,
  KEY_HIGH_ADDRESS,
  KEY_INTERFACE,
  KEY_LOW_ADDRESS,
  KEY_PORTS,
  KEY_PROTOCOL_PHASE,
  PACKETS,
} = layout;
const SYN_FIN_RST = SYN_FLAG | FIN_FLAG | RST_FLAG;

const WIDE = KEY_WIDE;

const INITIAL_SLOTS = 1 << 12;
const SLOT_WORDS = 2;
/** The most keys that {@link FlowIndex.touch} takes at once. */
export const MOST_TOUCHED = 64;

/**
 * From a key to an entry: open addressing with linear probing. A slot is two words, the key's hash and the entry's
 * index + 1 (0: free), side by side in one cache line. Removal shifts the followers back, so there are no tombstones.
 * At most half of the slots are used; the index doubles, so that a small table stays in the cache.
 */
export class FlowIndex {
  #slots = new Int32Array(INITIAL_SLOTS * SLOT_WORDS);
  #mask = INITIAL_SLOTS - 1;
  #used = 0;
  readonly #touched = new Int32Array(MOST_TOUCHED);

  /**
   * Reads the lines of memory that counting the first `count` packets will read. There they would be waited for one after the
   * other; here no read depends on the one before it, and the processor waits for many at a time.
   *
   * What is found at a key's home slot is taken for its entry: mostly it is.
   *
   * @param count at most {@link MOST_TOUCHED}
   * @returns nothing that means anything, but to be kept: reads for nothing would be left out
   */
  touch(
    entries: FlowEntries,
    packets: readonly DecodedPacket[],
    keys: readonly FlowKey[],
    count: number,
  ): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const touched = this.#touched;
    const { hot, cold } = entries;
    for (let i = 0; i < count; i++) touched[i] = slots[(keys[i].hash & mask) * SLOT_WORDS + 1];
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const index = touched[i] - 1;
      if (index < 0) continue;
      const line = index * HOT_WORDS + DIRECTION_LINE + keys[i].direction * DIRECTION_LINE_WORDS;
      sum ^= hot[index * HOT_WORDS] ^ hot[line];
    }
    for (let i = 0; i < count; i++) {
      const index = touched[i] - 1;
      if (index < 0) continue;
      const { tcpFlags, encapsulation } = packets[i];
      const direction = keys[i].direction;
      const group = index * COLD_WORDS + direction * COLD_GROUP_WORDS;
      if ((tcpFlags & SYN_FIN_RST) !== 0) sum ^= cold[group];
      const line = index * HOT_WORDS + DIRECTION_LINE + direction * DIRECTION_LINE_WORDS;
      if (encapsulation !== 0 && hot[line + PACKETS] === 0) sum ^= cold[group + COLD_VNI];
    }
    return sum;
  }

  /** The entry's index, or -1. */
  find(entries: FlowEntries, key: FlowKey, packet: DecodedPacket): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const hot = entries.hot;
    const hash = key.hash;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot * SLOT_WORDS + 1];
      if (entry === 0) return -1;
      if (slots[slot * SLOT_WORDS] !== hash) continue;
      const base = (entry - 1) * HOT_WORDS;
      const difference =
        (hot[base + KEY_LOW_ADDRESS + 3] ^ key.low3) |
        (hot[base + KEY_HIGH_ADDRESS + 3] ^ key.high3) |
        (hot[base + KEY_PORTS] ^ key.ports) |
        (hot[base + KEY_PROTOCOL_PHASE] ^ key.protocolPhase) |
        (hot[base + KEY_INTERFACE] ^ packet.interfaceIndex);
      if (difference === 0 && (key.protocolPhase < WIDE || hasUpperWords(hot, base, key, packet)))
        return entry - 1;
    }
  }

  /** Adds an entry whose key is not in the index. */
  insert(hash: number, index: number): void {
    if (2 * (this.#used + 1) > this.#mask + 1) this.#grow();
    this.#place(hash, index + 1);
    this.#used++;
  }

  remove(hash: number, index: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = hash & mask;
    while (slots[hole * SLOT_WORDS + 1] !== index + 1) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[next * SLOT_WORDS + 1] !== 0; next = (next + 1) & mask) {
      const home = slots[next * SLOT_WORDS] & mask;
      // A follower may move back only as far as its home slot.
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[hole * SLOT_WORDS] = slots[next * SLOT_WORDS];
      slots[hole * SLOT_WORDS + 1] = slots[next * SLOT_WORDS + 1];
      hole = next;
    }
    slots[hole * SLOT_WORDS + 1] = 0;
    this.#used--;
  }

  #place(hash: number, entry: number): void {
    const slots = this.#slots;
    let slot = hash & this.#mask;
    while (slots[slot * SLOT_WORDS + 1] !== 0) slot = (slot + 1) & this.#mask;
    slots[slot * SLOT_WORDS] = hash;
    slots[slot * SLOT_WORDS + 1] = entry;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#slots.length / SLOT_WORDS - 1;
    for (let at = 0; at < old.length; at += SLOT_WORDS)
      if (old[at + 1] !== 0) this.#place(old[at], old[at + 1]);
  }
}

/** Whether the first three words of both addresses are the packet's. */
function hasUpperWords(hot: Int32Array, base: number, key: FlowKey, packet: DecodedPacket): boolean {
  const source = base + (key.direction === 0 ? KEY_LOW_ADDRESS : KEY_HIGH_ADDRESS);
  const destination = base + (key.direction === 0 ? KEY_HIGH_ADDRESS : KEY_LOW_ADDRESS);
  const difference =
    (hot[source] ^ packet.source0) |
    (hot[source + 1] ^ packet.source1) |
    (hot[source + 2] ^ packet.source2) |
    (hot[destination] ^ packet.destination0) |
    (hot[destination + 1] ^ packet.destination1) |
    (hot[destination + 2] ^ packet.destination2);
  return difference === 0;
}
