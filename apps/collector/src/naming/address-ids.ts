import { addressText } from "./address-text.js";

const INITIAL_SLOTS = 1024;

/**
 * Gives each distinct address of a batch a small number, so that what is known of an address is looked up once and not
 * once a row. Open addressing over typed arrays: nothing is allocated for an address that was met before.
 */
export class AddressIds {
  #count = 0;
  /** 16 bytes for each id. */
  #bytes = new Uint8Array(INITIAL_SLOTS * 8);
  #words = new Uint32Array(this.#bytes.buffer);
  /** id + 1, or 0 where free. Always a power of two, at most half full. */
  #slots = new Uint32Array(INITIAL_SLOTS);
  readonly #scratch = new Uint8Array(16);
  readonly #scratchWords = new Uint32Array(this.#scratch.buffer);

  get count(): number {
    return this.#count;
  }

  /** The id of the 16 bytes at row `row` of a column. */
  idOf(column: Uint8Array, row: number): number {
    const offset = row * 16;
    const scratch = this.#scratch;
    for (let index = 0; index < 16; index++) scratch[index] = column[offset + index] as number;
    const words = this.#scratchWords;
    const mask = this.#slots.length - 1;
    let slot = hash(words) & mask;
    for (;;) {
      const taken = this.#slots[slot] as number;
      if (taken === 0) return this.#add(slot);
      if (this.#equals(taken - 1, words)) return taken - 1;
      slot = (slot + 1) & mask;
    }
  }

  /** As text: `10.244.1.7`, `fd00::1`. */
  textOf(id: number): string {
    return addressText(this.#bytes, id * 16);
  }

  /** Its 16 bytes; valid until the next new address. */
  bytesOf(id: number): Uint8Array {
    return this.#bytes.subarray(id * 16, id * 16 + 16);
  }

  #equals(id: number, words: Uint32Array): boolean {
    const at = id * 4;
    return (
      this.#words[at + 3] === words[3] &&
      this.#words[at + 2] === words[2] &&
      this.#words[at + 1] === words[1] &&
      this.#words[at] === words[0]
    );
  }

  #add(slot: number): number {
    const id = this.#count++;
    this.#bytes.set(this.#scratch, id * 16);
    this.#slots[slot] = id + 1;
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    return id;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const bytes = new Uint8Array(slots.length * 8);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = hash(this.#words.subarray(id * 4, id * 4 + 4)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

/** Mixes four words; the multipliers are those of 32-bit MurmurHash3's finalizer. */
function hash(words: Uint32Array): number {
  let mixed = (words[0] as number) ^ Math.imul(words[1] as number, 0x9e3779b1);
  mixed ^= Math.imul(words[2] as number, 0x85ebca6b);
  mixed ^= words[3] as number;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
