/** Words of a block: the number of holes, then start and end of each, lowest first. */
const BLOCK_WORDS = 16;
const HOLES_PER_STREAM = 7;
const FIRST_HOLE = 1;
const HOLE_WORDS = 2;

/** No window is wider (RFC 7323 section 2.3): a hole further back can no longer be told from one ahead. */
const FURTHEST_BYTES = 0x40000000;
const DEFAULT_MAXIMUM_BLOCKS = 1 << 16;

/**
 * The holes in TCP streams' sequence space that a late segment may still fill: a few for each stream, in blocks that only
 * streams with holes take. Sequence numbers are 32-bit signed integers, compared by their difference (RFC 9293 section 3.4).
 *
 * A stream with more holes than seven forgets the lowest, which stays a gap for ever.
 */
export class SequenceHoles {
  /** Holes that had to be forgotten while they could still be filled. */
  forgotten = 0;
  readonly #maximumBlocks: number;
  #words = new Int32Array(BLOCK_WORDS * 64);
  #used = 0;
  #free: number[] = [];

  constructor(maximumBlocks = DEFAULT_MAXIMUM_BLOCKS) {
    this.#maximumBlocks = maximumBlocks;
  }

  get blocksInUse(): number {
    return this.#used - this.#free.length;
  }

  /** Takes a block without holes, or returns -1 where all are in use. */
  allocate(): number {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    if (this.#used === this.#maximumBlocks) {
      this.forgotten++;
      return -1;
    }
    const block = this.#used * BLOCK_WORDS;
    if (block === this.#words.length) {
      const grown = new Int32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#used++;
    return block;
  }

  release(block: number): void {
    this.#words[block] = 0;
    this.#free.push(block);
  }

  /** Adds the hole [start, end), which lies above all others of the block. */
  add(block: number, start: number, end: number): void {
    this.forgetFar(block, end);
    if (this.#words[block] === HOLES_PER_STREAM) {
      this.#remove(block, 0);
      this.forgotten++;
    }
    this.#insert(block, this.#words[block], start, end);
  }

  /**
   * Takes [start, end) out of the block's holes.
   * @returns how many bytes of it lay in holes
   */
  fill(block: number, start: number, end: number): number {
    const words = this.#words;
    let filled = 0;
    for (let i = words[block] - 1; i >= 0; i--) {
      const at = block + FIRST_HOLE + i * HOLE_WORDS;
      const holeStart = words[at];
      const holeEnd = words[at + 1];
      const from = ((start - holeStart) | 0) > 0 ? start : holeStart;
      const to = ((end - holeEnd) | 0) < 0 ? end : holeEnd;
      const bytes = (to - from) | 0;
      if (bytes <= 0) continue;
      filled += bytes;
      if (from === holeStart && to === holeEnd) this.#remove(block, i);
      else if (from === holeStart) words[at] = to;
      else {
        words[at + 1] = from;
        if (to !== holeEnd) this.#split(block, i, to, holeEnd);
      }
    }
    return filled;
  }

  /** Forgets holes that are too far below `next` to be compared with it. @returns how many holes are left */
  forgetFar(block: number, next: number): number {
    while (this.#words[block] > 0 && (next - this.#words[block + FIRST_HOLE]) >>> 0 > FURTHEST_BYTES)
      this.#remove(block, 0);
    return this.#words[block];
  }

  /** The upper rest of a hole that a segment filled in the middle. */
  #split(block: number, i: number, start: number, end: number): void {
    if (this.#words[block] < HOLES_PER_STREAM) {
      this.#insert(block, i + 1, start, end);
      return;
    }
    this.forgotten++;
    // The lowest goes; where that is the lower rest itself, the upper one takes its place.
    this.#remove(block, 0);
    this.#insert(block, i, start, end);
  }

  #insert(block: number, i: number, start: number, end: number): void {
    const at = block + FIRST_HOLE + i * HOLE_WORDS;
    this.#words.copyWithin(at + HOLE_WORDS, at, block + FIRST_HOLE + this.#words[block] * HOLE_WORDS);
    this.#words[at] = start;
    this.#words[at + 1] = end;
    this.#words[block]++;
  }

  #remove(block: number, i: number): void {
    const at = block + FIRST_HOLE + i * HOLE_WORDS;
    this.#words.copyWithin(at, at + HOLE_WORDS, block + FIRST_HOLE + this.#words[block] * HOLE_WORDS);
    this.#words[block]--;
  }
}
