/** Codes up to this length are found in one step. Longer ones are rare: each has less than a thousandth of the symbols. */
export const FAST_BITS = 10;
const LONGEST_CODE = 15;
const MOST_SYMBOLS = 288;

/**
 * Canonical Huffman codes of DEFLATE (RFC 1951 section 3.2.2), as the decoder reads them: from the lowest bit of the
 * stream up. One object is filled again for each block.
 */
export class HuffmanTable {
  /** By the next {@link FAST_BITS} bits: symbol << 4 | length of its code; 0 where the code is longer or there is none. */
  readonly fast = new Uint16Array(1 << FAST_BITS);
  readonly #counts = new Uint16Array(LONGEST_CODE + 1);
  readonly #symbols = new Uint16Array(MOST_SYMBOLS);
  readonly #next = new Uint16Array(LONGEST_CODE + 2);
  readonly #places = new Uint16Array(LONGEST_CODE + 2);

  /**
   * @param lengths code lengths in bits from `start` to `end`, 0 for symbols that do not occur
   * @returns false where no such code can be: lengths that leave room, or need more than there is. One code alone, of one bit,
   *   may leave room, and so may none (section 3.2.7).
   */
  fill(lengths: Uint8Array, start: number, end: number): boolean {
    const counts = this.#counts.fill(0);
    for (let at = start; at < end; at++) counts[lengths[at]!]!++;
    const used = end - start - counts[0]!;
    counts[0] = 0;
    const next = this.#next;
    const places = this.#places;
    next[1] = 0;
    places[1] = 0;
    let room = 1;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      room = room * 2 - counts[length]!;
      if (room < 0) return false;
      next[length + 1] = (next[length]! + counts[length]!) << 1;
      places[length + 1] = places[length]! + counts[length]!;
    }
    if (room > 0 && (used > 1 || counts[1] !== used)) return false;
    this.fast.fill(0);
    for (let at = start; at < end; at++) {
      const length = lengths[at]!;
      if (length === 0) continue;
      this.#symbols[places[length]!++] = at - start;
      const code = next[length]!++;
      if (length <= FAST_BITS) this.#fillFast(at - start, reversed(code, length), length);
    }
    return true;
  }

  /** The slow way, for codes that `fast` does not hold: bit by bit. Same form as there; 0 where no code fits. */
  find(bits: number): number {
    let code = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (code - count < first) return (this.#symbols[place + code - first]! << 4) | length;
      place += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }

  #fillFast(symbol: number, code: number, length: number): void {
    const entry = (symbol << 4) | length;
    for (let at = code; at < this.fast.length; at += 1 << length) this.fast[at] = entry;
  }
}

function reversed(code: number, length: number): number {
  let bits = 0;
  for (let at = 0; at < length; at++) bits |= ((code >>> at) & 1) << (length - 1 - at);
  return bits;
}
