import { COLD_WORDS, HOT_WORDS } from "./entry-layout.js";
import { SequenceHoles } from "./sequence-holes.js";

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
    const hot = new ArrayBuffer(capacity * HOT_WORDS * 4);
    this.hot = new Int32Array(hot);
    this.hotDoubles = new Float64Array(hot);
    const cold = new ArrayBuffer(capacity * COLD_WORDS * 4);
    this.cold = new Int32Array(cold);
    this.coldDoubles = new Float64Array(cold);
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
