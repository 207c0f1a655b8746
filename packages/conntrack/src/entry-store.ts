import { ADDRESS_BYTES } from "@hopline/packet";
import { copyAddress, type Tuple } from "./tuple.js";

const NONE = -1;
/** An entry's 36 bytes of addresses and ports, twice: original, then reply. */
const TUPLE_BYTES = ADDRESS_BYTES * 2 + 4;

/** Which tuple of an entry is meant. */
export const ORIGINAL = 0;
export const REPLY = 1;

/**
 * The memory of conntrack entries: one slot each over typed arrays that double as they fill, a list of free
 * slots, and a list of ended entries in the order in which they ended.
 */
export class EntryStore {
  #tuples: Uint8Array;
  protocols: Uint8Array;
  ids: Uint32Array;
  zones: Uint32Array;
  /** Microseconds since the Unix epoch; 0 where the entry is older than our watching. */
  startsUs: Float64Array;
  /** Infinity while the entry lives. */
  endsUs: Float64Array;
  /** The last dump that held the entry. */
  dumps: Uint32Array;
  /** 1 where the slot holds an entry. */
  used: Uint8Array;
  #next: Int32Array;
  #firstFree = NONE;
  #firstEnded = NONE;
  #lastEnded = NONE;
  #highest = 0;
  #size = 0;

  constructor(initialEntries = 1024) {
    this.#tuples = new Uint8Array(initialEntries * TUPLE_BYTES * 2);
    this.protocols = new Uint8Array(initialEntries);
    this.ids = new Uint32Array(initialEntries);
    this.zones = new Uint32Array(initialEntries);
    this.startsUs = new Float64Array(initialEntries);
    this.endsUs = new Float64Array(initialEntries);
    this.dumps = new Uint32Array(initialEntries);
    this.used = new Uint8Array(initialEntries);
    this.#next = new Int32Array(initialEntries);
  }

  get size(): number {
    return this.#size;
  }

  /** Slots `[0, highest)` have been in use. */
  get highest(): number {
    return this.#highest;
  }

  allocate(): number {
    let entry = this.#firstFree;
    if (entry !== NONE) this.#firstFree = this.#next[entry]!;
    else {
      entry = this.#highest++;
      if (entry === this.used.length) this.#grow();
    }
    this.used[entry] = 1;
    this.#next[entry] = NONE;
    this.#size++;
    return entry;
  }

  /** Frees a live entry's slot, or that of the first ended one: those between are in the list of the ended. */
  free(entry: number): void {
    this.used[entry] = 0;
    this.#next[entry] = this.#firstFree;
    this.#firstFree = entry;
    this.#size--;
  }

  /** The entry that ended first, or -1. */
  get firstEnded(): number {
    return this.#firstEnded;
  }

  appendEnded(entry: number): void {
    if (this.#lastEnded === NONE) this.#firstEnded = entry;
    else this.#next[this.#lastEnded] = entry;
    this.#lastEnded = entry;
    this.#next[entry] = NONE;
  }

  /** Takes the first ended entry out of its list; its slot is still to be freed. */
  takeFirstEnded(): number {
    const entry = this.#firstEnded;
    if (entry === NONE) return NONE;
    this.#firstEnded = this.#next[entry]!;
    if (this.#firstEnded === NONE) this.#lastEnded = NONE;
    return entry;
  }

  writeTuple(entry: number, which: number, tuple: Tuple): void {
    const bytes = this.#tuples;
    const at = (entry * 2 + which) * TUPLE_BYTES;
    copyAddress(tuple.source, 0, bytes, at);
    copyAddress(tuple.destination, 0, bytes, at + ADDRESS_BYTES);
    bytes[at + 32] = tuple.sourcePort >> 8;
    bytes[at + 33] = tuple.sourcePort;
    bytes[at + 34] = tuple.destinationPort >> 8;
    bytes[at + 35] = tuple.destinationPort;
  }

  readTuple(entry: number, which: number, into: Tuple): void {
    const bytes = this.#tuples;
    const at = (entry * 2 + which) * TUPLE_BYTES;
    into.protocol = this.protocols[entry]!;
    copyAddress(bytes, at, into.source, 0);
    copyAddress(bytes, at + ADDRESS_BYTES, into.destination, 0);
    into.sourcePort = (bytes[at + 32]! << 8) | bytes[at + 33]!;
    into.destinationPort = (bytes[at + 34]! << 8) | bytes[at + 35]!;
  }

  #grow(): void {
    const entries = this.used.length * 2;
    this.#tuples = grown(this.#tuples, new Uint8Array(entries * TUPLE_BYTES * 2));
    this.protocols = grown(this.protocols, new Uint8Array(entries));
    this.ids = grown(this.ids, new Uint32Array(entries));
    this.zones = grown(this.zones, new Uint32Array(entries));
    this.startsUs = grown(this.startsUs, new Float64Array(entries));
    this.endsUs = grown(this.endsUs, new Float64Array(entries));
    this.dumps = grown(this.dumps, new Uint32Array(entries));
    this.used = grown(this.used, new Uint8Array(entries));
    this.#next = grown(this.#next, new Int32Array(entries));
  }
}

function grown<Column extends { set(from: Column): void }>(from: Column, into: Column): Column {
  into.set(from);
  return into;
}
