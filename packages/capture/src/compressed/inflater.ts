import type { FileWindow } from "../pcap/file-window.js";
import { DecompressError, EndedEarly } from "./decompress-error.js";
import { FAST_BITS, HuffmanTable } from "./huffman-table.js";

/** Matches reach so far back (RFC 1951 section 2). */
const HISTORY_BYTES = 32_768;
const LONGEST_MATCH = 258;
/** How much is decompressed at a time: enough to be rarely asked, and little enough to stay in a core's cache. */
const STEP_BYTES = 65_536;
const FAST_MASK = (1 << FAST_BITS) - 1;
const LONGEST_CODE = 15;

const BLOCK_STORED = 0;
const BLOCK_FIXED = 1;
const BLOCK_DYNAMIC = 2;
const END_OF_BLOCK = 256;
const MOST_LITERAL_CODES = 286;
const MOST_DISTANCE_CODES = 30;
const LAST_LENGTH_SYMBOL = 285;
/** Two codes of 15 bits, 5 and 13 extra bits, and what is read ahead. */
const MOST_BYTES_A_SYMBOL = 8;

/** Section 3.2.5: lengths from symbol 257 on, and distances; their extra bits. */
const LENGTHS = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163],
  ...[195, 227, 258],
);
const LENGTH_BITS = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
const DISTANCES = Uint16Array.of(
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049],
  ...[3073, 4097, 6145, 8193, 12_289, 16_385, 24_577],
);
const DISTANCE_BITS = Uint8Array.from(DISTANCES, (_, code) => (code < 4 ? 0 : (code >>> 1) - 1));
/** Section 3.2.7: in this order come the lengths of the code length codes. */
const CODE_LENGTH_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/**
 * DEFLATE (RFC 1951), synchronous and in bounded memory: Node's own zlib decompresses step by step only through its
 * event loop, which a capture thread does not have.
 */
export class Inflater {
  /** Decompressed bytes; those before `start` are history. */
  readonly output = new Uint8Array(HISTORY_BYTES + STEP_BYTES + LONGEST_MATCH);
  /** What the last {@link step} gave: from here to `end`. */
  start = 0;
  end = 0;

  readonly #input: FileWindow;
  readonly #literals = new HuffmanTable();
  readonly #distances = new HuffmanTable();
  readonly #lengths = new Uint8Array(MOST_LITERAL_CODES + 2 + MOST_DISTANCE_CODES + 2);
  /** Bits that were read and not used yet, the next one lowest: fewer than 8 outside of the hot loop. */
  #hold = 0;
  #bits = 0;
  #block: "none" | "stored" | "compressed" = "none";
  #isLastBlock = false;
  #storedBytes = 0;

  constructor(input: FileWindow) {
    this.#input = input;
  }

  /** Begins a new stream; the input stands at its first byte, or {@link bits} have brought it there. */
  begin(): void {
    this.#block = "none";
    this.#isLastBlock = false;
    this.start = 0;
    this.end = 0;
  }

  /**
   * Decompresses some more into {@link output}. False when the stream has ended and nothing more came.
   *
   * @throws DecompressError; what was decompressed before it lies from `start` to `end`
   */
  step(): boolean {
    if (this.end > HISTORY_BYTES) {
      this.output.copyWithin(0, this.end - HISTORY_BYTES, this.end);
      this.end = HISTORY_BYTES;
    }
    this.start = this.end;
    const limit = this.end + STEP_BYTES;
    while (this.end < limit) {
      if (this.#block === "none") {
        if (this.#isLastBlock) break;
        this.#beginBlock();
      }
      if (this.#block === "stored") this.#copyStored(limit);
      else this.#decode(limit);
    }
    return this.end > this.start;
  }

  /** The next 0 to 16 bits, the first one lowest. @throws DecompressError at the end */
  bits(count: number): number {
    this.#need(count);
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    return value;
  }

  /** Leaves the rest of a byte that has been begun. */
  align(): void {
    this.bits(this.#bits & 7);
  }

  /** Whether no byte is left. Between streams, at a byte's beginning. */
  atEnd(): boolean {
    return this.#bits === 0 && this.#input.available === 0 && !this.#input.refill(1);
  }

  #need(count: number): void {
    while (this.#bits < count) {
      const input = this.#input;
      if (input.available === 0 && !input.refill(1)) throw new EndedEarly();
      this.#hold |= input.bytes[input.position++]! << this.#bits;
      this.#bits += 8;
    }
  }

  /** Section 3.2.3. */
  #beginBlock(): void {
    this.#isLastBlock = this.bits(1) === 1;
    const type = this.bits(2);
    if (type === BLOCK_STORED) {
      this.align();
      const length = this.bits(16);
      if (this.bits(16) !== (~length & 0xffff))
        throw new DecompressError("a stored block's two lengths differ");
      this.#storedBytes = length;
      this.#block = "stored";
      return;
    }
    if (type === BLOCK_FIXED) this.#fixedCodes();
    else if (type === BLOCK_DYNAMIC) this.#dynamicCodes();
    else throw new DecompressError("a block has the type 3, which there is not");
    this.#block = "compressed";
  }

  /** Section 3.2.4. */
  #copyStored(limit: number): void {
    const { output, end } = this;
    const input = this.#input;
    let wanted = Math.min(this.#storedBytes, limit - end);
    this.#storedBytes -= wanted;
    for (; wanted > 0 && this.#bits > 0; wanted--) output[this.end++] = this.bits(8);
    while (wanted > 0) {
      if (input.available === 0 && !input.refill(1)) {
        this.#storedBytes += wanted;
        throw new EndedEarly();
      }
      const take = Math.min(wanted, input.available);
      output.set(input.bytes.subarray(input.position, input.position + take), this.end);
      input.position += take;
      this.end += take;
      wanted -= take;
    }
    if (this.#storedBytes === 0) this.#block = "none";
  }

  /** Section 3.2.6. */
  #fixedCodes(): void {
    const lengths = this.#lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
    this.#literals.fill(lengths, 0, 288);
    this.#distances.fill(lengths.fill(5, 288, 320), 288, 320);
  }

  /** Section 3.2.7. */
  #dynamicCodes(): void {
    const lengths = this.#lengths.fill(0);
    const literalCodes = this.bits(5) + 257;
    const distanceCodes = this.bits(5) + 1;
    const lengthCodes = this.bits(4) + 4;
    if (literalCodes > MOST_LITERAL_CODES || distanceCodes > MOST_DISTANCE_CODES)
      throw new DecompressError("a block has more codes than there are symbols");
    for (let at = 0; at < lengthCodes; at++) lengths[CODE_LENGTH_ORDER[at]!] = this.bits(3);
    if (!this.#literals.fill(lengths, 0, CODE_LENGTH_ORDER.length))
      throw new DecompressError("a block's codes do not fit");
    lengths.fill(0);
    const all = literalCodes + distanceCodes;
    for (let at = 0; at < all; ) at = this.#codeLength(lengths, at, all);
    if (
      lengths[END_OF_BLOCK] === 0 ||
      !this.#literals.fill(lengths, 0, literalCodes) ||
      !this.#distances.fill(lengths, literalCodes, all)
    ) {
      throw new DecompressError("a block's codes do not fit");
    }
  }

  /** Reads one length, or a run of them; returns where the next one goes. */
  #codeLength(lengths: Uint8Array, at: number, all: number): number {
    const symbol = this.#symbol(this.#literals);
    if (symbol < 16) {
      lengths[at] = symbol;
      return at + 1;
    }
    const repeated = symbol === 16 ? lengths[at - 1] : 0;
    const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
    if (repeated === undefined || at + times > all)
      throw new DecompressError("a block repeats a code length too often");
    lengths.fill(repeated, at, at + times);
    return at + times;
  }

  /** One symbol of the codes that code lengths are written in; takes no bit more than it needs. */
  #symbol(table: HuffmanTable): number {
    for (;;) {
      const entry = table.find(this.#hold);
      if (entry !== 0 && (entry & 15) <= this.#bits) {
        this.bits(entry & 15);
        return entry >>> 4;
      }
      if (this.#bits >= LONGEST_CODE) throw new DecompressError("there is no such code");
      this.#need(this.#bits + 1);
    }
  }

  /**
   * The hot loop: state in local variables, one look-up a literal, two a match. It reads bytes ahead, behind the end of the
   * input too, where anything may lie: there, every symbol is checked before the next one.
   */
  #decode(limit: number): void {
    const { output } = this;
    const input = this.#input;
    const { bytes } = input;
    const literals = this.#literals;
    const distances = this.#distances;
    const fastLiterals = literals.fast;
    const fastDistances = distances.fast;
    let hold = this.#hold;
    let bits = this.#bits;
    let position = input.position;
    let safeEnd = input.end - MOST_BYTES_A_SYMBOL;
    let end = this.end;
    let checkedEnd = end;
    let isInputOver = false;
    let isBlockOver = false;
    try {
      for (;;) {
        if (position > safeEnd || end >= limit || isBlockOver) {
          // Whole bytes that were read ahead go back, so that the input stands where the bits do.
          position -= bits >>> 3;
          bits &= 7;
          hold &= (1 << bits) - 1;
          if (position > input.end) throw new EndedEarly();
          if (end >= limit || isBlockOver) break;
          checkedEnd = end;
          if (!isInputOver) {
            input.position = position;
            isInputOver = !input.refill(MOST_BYTES_A_SYMBOL);
            position = input.position;
            safeEnd = input.end - MOST_BYTES_A_SYMBOL;
          }
        }
        while (bits < LONGEST_CODE) {
          hold |= bytes[position++]! << bits;
          bits += 8;
        }
        const found = fastLiterals[hold & FAST_MASK]! || literals.find(hold);
        if (found === 0) throw new DecompressError("there is no such code");
        hold >>>= found & 15;
        bits -= found & 15;
        const symbol = found >>> 4;
        if (symbol < END_OF_BLOCK) {
          output[end++] = symbol;
          continue;
        }
        if (symbol === END_OF_BLOCK) {
          isBlockOver = true;
          continue;
        }
        if (symbol > LAST_LENGTH_SYMBOL) throw new DecompressError("there is no such length");
        const lengthBits = LENGTH_BITS[symbol - 257]!;
        while (bits < lengthBits) {
          hold |= bytes[position++]! << bits;
          bits += 8;
        }
        const length = LENGTHS[symbol - 257]! + (hold & ((1 << lengthBits) - 1));
        hold >>>= lengthBits;
        bits -= lengthBits;
        while (bits < LONGEST_CODE) {
          hold |= bytes[position++]! << bits;
          bits += 8;
        }
        const near = fastDistances[hold & FAST_MASK]! || distances.find(hold);
        if (near === 0) throw new DecompressError("there is no such code");
        hold >>>= near & 15;
        bits -= near & 15;
        const code = near >>> 4;
        if (code >= MOST_DISTANCE_CODES) throw new DecompressError("there is no such distance");
        const distanceBits = DISTANCE_BITS[code]!;
        while (bits < distanceBits) {
          hold |= bytes[position++]! << bits;
          bits += 8;
        }
        const from = end - DISTANCES[code]! - (hold & ((1 << distanceBits) - 1));
        hold >>>= distanceBits;
        bits -= distanceBits;
        if (from < 0) throw new DecompressError("a match reaches back before the beginning");
        for (let at = 0; at < length; at++) output[end + at] = output[from + at]!;
        end += length;
      }
    } catch (thrown) {
      position -= bits >>> 3;
      if (position <= input.end) throw thrown;
      position = input.end;
      end = checkedEnd;
      throw new EndedEarly();
    } finally {
      input.position = position;
      this.#hold = hold;
      this.#bits = bits;
      this.end = end;
    }
    if (isBlockOver) this.#block = "none";
  }
}
