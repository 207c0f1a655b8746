import type { Tuple } from "./tuple.js";

/** What the index holds: small non-negative numbers that name a tuple kept elsewhere. */
export type Handle = number;

const EMPTY = 0;
const LOAD = 0.5;

/**
 * From a tuple's hash to the handles of all tuples that share it: open addressing with linear probing, and
 * deletion by moving later entries back, so that no tombstones gather while connections come and go.
 * Several handles may stand under one hash: a tuple used again is a new entry beside the old one.
 */
export class TupleIndex {
  #handles: Int32Array;
  #hashes: Int32Array;
  #mask: number;
  #size = 0;

  constructor(initialSlots = 4096) {
    this.#handles = new Int32Array(initialSlots);
    this.#hashes = new Int32Array(initialSlots);
    this.#mask = initialSlots - 1;
  }

  get size(): number {
    return this.#size;
  }

  add(hash: number, handle: Handle): void {
    if (this.#size >= (this.#mask + 1) * LOAD) this.#grow();
    this.#place(hash, handle);
    this.#size++;
  }

  /** Calls `visit` for each handle under `hash`; `visit` must not change the index. */
  visit(hash: number, visit: (handle: Handle) => void): void {
    for (let slot = hash & this.#mask; this.#handles[slot] !== EMPTY; slot = (slot + 1) & this.#mask) {
      if (this.#hashes[slot] === hash) visit(this.#handles[slot]! - 1);
    }
  }

  remove(hash: number, handle: Handle): void {
    let slot = hash & this.#mask;
    while (this.#handles[slot] !== handle + 1) {
      if (this.#handles[slot] === EMPTY) return;
      slot = (slot + 1) & this.#mask;
    }
    this.#size--;
    for (let next = (slot + 1) & this.#mask; this.#handles[next] !== EMPTY; next = (next + 1) & this.#mask) {
      const home = this.#hashes[next]! & this.#mask;
      // May `next` move into the hole? Only if its home is not between the hole and itself.
      const distanceFromHome = (next - home) & this.#mask;
      const distanceFromHole = (next - slot) & this.#mask;
      if (distanceFromHome < distanceFromHole) continue;
      this.#handles[slot] = this.#handles[next]!;
      this.#hashes[slot] = this.#hashes[next]!;
      slot = next;
    }
    this.#handles[slot] = EMPTY;
  }

  #place(hash: number, handle: Handle): void {
    let slot = hash & this.#mask;
    while (this.#handles[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
    this.#handles[slot] = handle + 1;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const handles = this.#handles;
    const hashes = this.#hashes;
    this.#handles = new Int32Array(handles.length * 2);
    this.#hashes = new Int32Array(handles.length * 2);
    this.#mask = handles.length * 2 - 1;
    for (let slot = 0; slot < handles.length; slot++) {
      if (handles[slot] !== EMPTY) this.#place(hashes[slot]!, handles[slot]! - 1);
    }
  }
}

/** The same for a tuple and for its reverse, so that one look-up finds either direction. */
export function hashTuple(tuple: Tuple): number {
  const one = hashEndpoint(tuple.source, tuple.sourcePort);
  const other = hashEndpoint(tuple.destination, tuple.destinationPort);
  let hash = Math.imul((one + other) | 0, 0x9e3779b1) ^ Math.imul(one ^ other, 0x85ebca77) ^ tuple.protocol;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function hashEndpoint(address: Uint8Array, port: number): number {
  let hash = Math.imul(port + 1, 0xc2b2ae35);
  for (let offset = 0; offset < 16; offset += 4) {
    const word =
      (address[offset]! << 24) |
      (address[offset + 1]! << 16) |
      (address[offset + 2]! << 8) |
      address[offset + 3]!;
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) ^ Math.imul(word, 0x27d4eb2f);
  }
  hash ^= hash >>> 16;
  return Math.imul(hash, 0x85ebca6b);
}
