import type { DnsMessage } from "@hopline/packet";

const SLOTS = 1 << 13;
/** At most half of the slots are used. */
const MOST_NAMES = SLOTS / 2;
const ARENA_BYTES = 1 << 18;

/** The name of all that came when there was no more room. */
export const OTHER_NAMES = "(other names)";
const OTHER_ID = 0;

/** Gives each name a number, so that counting a DNS message makes no string. Bounded; {@link keep} makes room again. */
export class DnsNames {
  readonly #arena = new Uint8Array(ARENA_BYTES);
  #arenaUsed = 0;
  readonly #offsets = new Int32Array(MOST_NAMES + 1);
  readonly #lengths = new Int32Array(MOST_NAMES + 1);
  readonly #hashes = new Int32Array(MOST_NAMES + 1);
  #count = 0;
  readonly #slots = new Int32Array(SLOTS);

  /** Whether half of the room is taken. */
  get isCrowded(): boolean {
    return this.#count > MOST_NAMES / 2 || this.#arenaUsed > ARENA_BYTES / 2;
  }

  idOf(message: DnsMessage): number {
    return this.#idOf(message.name, message.nameOffset, message.nameLength);
  }

  textOf(id: number): string {
    if (id === OTHER_ID) return OTHER_NAMES;
    const offset = this.#offsets[id];
    return String.fromCharCode(...this.#arena.subarray(offset, offset + this.#lengths[id]));
  }

  /** Forgets all names but those that `ids` holds, and writes their new numbers there. */
  keep(ids: Int32Array): void {
    const arena = this.#arena.slice(0, this.#arenaUsed);
    const offsets = this.#offsets.slice();
    const lengths = this.#lengths.slice();
    this.#slots.fill(0);
    this.#arenaUsed = 0;
    this.#count = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (id !== OTHER_ID) ids[i] = this.#idOf(arena, offsets[id], lengths[id]);
    }
  }

  #idOf(bytes: Uint8Array, offset: number, length: number): number {
    const hash = hashOf(bytes, offset, length);
    let slot = hash & (SLOTS - 1);
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
      const id = this.#slots[slot];
      if (this.#hashes[id] === hash && this.#isName(id, bytes, offset, length)) return id;
    }
    if (this.#count === MOST_NAMES || this.#arenaUsed + length > ARENA_BYTES) return OTHER_ID;
    const id = ++this.#count;
    this.#slots[slot] = id;
    this.#hashes[id] = hash;
    this.#offsets[id] = this.#arenaUsed;
    this.#lengths[id] = length;
    for (let i = 0; i < length; i++) this.#arena[this.#arenaUsed + i] = bytes[offset + i];
    this.#arenaUsed += length;
    return id;
  }

  #isName(id: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#lengths[id] !== length) return false;
    const own = this.#offsets[id];
    for (let i = 0; i < length; i++) if (this.#arena[own + i] !== bytes[offset + i]) return false;
    return true;
  }
}

/** FNV-1a (draft-eastlake-fnv), which is enough for names. */
function hashOf(bytes: Uint8Array, offset: number, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = offset; i < offset + length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash ^ (hash >>> 15);
}
