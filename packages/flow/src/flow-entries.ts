import { COLD_WORDS, HOT_WORDS } from "./entry-layout.js";
import { SequenceHoles } from "./sequence-holes.js";

const WORD_BYTES = 4;
const CACHE_LINE_BYTES = 64;
const ALLOCATOR_HEADER_BYTES = 16;

/**
 * The flow table's memory, laid out as entry-layout.ts says.
 * Pages of these arrays that no entry has used yet take no memory: the kernel gives them when they are touched.
 */
export class FlowEntries {
  readonly capacity: number;
  readonly hot: Int32Array;
  readonly hotDoubles: Float64Array;
  readonly cold: Int32Array;
  readonly coldDoubles: Float64Array;
  readonly holes: SequenceHoles;
  /** Entries at and above this index have never been used. */
  highWater = 0;
  /** Freed entries, last freed first out: what is warm in the cache is used again first. */
  readonly #free: Int32Array;
  #freeCount = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    const hot = allocate(capacity * HOT_WORDS * WORD_BYTES);
    this.hot = new Int32Array(hot.buffer, hot.offset, capacity * HOT_WORDS);
    this.hotDoubles = new Float64Array(hot.buffer, hot.offset, (capacity * HOT_WORDS) / 2);
    const cold = allocate(capacity * COLD_WORDS * WORD_BYTES);
    this.cold = new Int32Array(cold.buffer, cold.offset, capacity * COLD_WORDS);
    this.coldDoubles = new Float64Array(cold.buffer, cold.offset, (capacity * COLD_WORDS) / 2);
    this.holes = new SequenceHoles();
    this.#free = new Int32Array(capacity);
  }

  get inUse(): number {
    return this.highWater - this.#freeCount;
  }

  /** An entry's index, or -1 where all are in use. */
  allocate(): number {
    if (this.#freeCount > 0) return this.#free[--this.#freeCount];
    return this.highWater < this.capacity ? this.highWater++ : -1;
  }

  free(index: number): void {
    this.#free[this.#freeCount++] = index;
  }
}

/**
 * Memory whose first byte lies at the start of a cache line, as far as that can be had: large blocks of the C library
 * begin 16 bytes into a page. So a direction's counters take one line and not two: measured, a tenth of the time of
 * counting.
 */
function allocate(bytes: number): { buffer: ArrayBuffer; offset: number } {
  const offset = CACHE_LINE_BYTES - ALLOCATOR_HEADER_BYTES;
  return { buffer: new ArrayBuffer(offset + bytes), offset };
}
