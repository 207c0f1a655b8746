import * as layout from "./entry-layout.js";
import { EntryRing } from "./entry-ring.js";
import type { FlowEntries } from "./flow-entries.js";
import type { HopRowBuffer } from "./hop-row-buffer.js";
import { exportEntry } from "./row-export.js";

// Own copies: see entry-layout.ts.
const {
  COLD_GROUP_WORDS,
  COLD_VNI,
  COLD_WORDS,
  DIRECTION_LINE,
  DIRECTION_LINE_WORDS,
  ENTRY_COUNTING,
  ENTRY_LISTED_TOUCHED,
  ENTRY_STATE,
  ENTRY_WINDOW,
  HOT_WORDS,
} = layout;

/** Entries whose memory is asked for before they are exported one by one. */
const LOOK_AHEAD = 16;

/** Entries that have counted something since their last row, and some whose counts have left by other ways since. */
export class CountingEntries {
  readonly #entries: FlowEntries;
  readonly #listed: EntryRing;
  #touchedSum = 0;

  constructor(entries: FlowEntries) {
    this.#entries = entries;
    this.#listed = new EntryRing(entries.capacity);
  }

  /** The entry counts in this window from now on. */
  enter(index: number, window: number): void {
    const hot = this.#entries.hot;
    const base = index * HOT_WORDS;
    hot[base + ENTRY_WINDOW] = window;
    const state = hot[base + ENTRY_STATE];
    hot[base + ENTRY_STATE] = state | ENTRY_COUNTING | ENTRY_LISTED_TOUCHED;
    if ((state & ENTRY_LISTED_TOUCHED) === 0) this.#listed.push(index);
  }

  /** Exports what was counted in windows before this one. */
  exportBefore(window: number, rows: HopRowBuffer): void {
    const { hot } = this.#entries;
    for (let left = this.#listed.length; left > 0; left--) {
      if (left % LOOK_AHEAD === 0) this.#touchedSum ^= this.#touchNext(LOOK_AHEAD);
      const index = this.#listed.shift();
      const base = index * HOT_WORDS;
      const counting = (hot[base + ENTRY_STATE] & ENTRY_COUNTING) !== 0;
      if (counting && hot[base + ENTRY_WINDOW] >= window) {
        this.#listed.push(index);
        continue;
      }
      hot[base + ENTRY_STATE] &= ~ENTRY_LISTED_TOUCHED;
      if (counting) exportEntry(this.#entries, index, rows, 0);
    }
  }

  /** Reads what exporting the next `count` entries of the list will read: {@link FlowIndex.touch} says what for. */
  #touchNext(count: number): number {
    const { hot, cold } = this.#entries;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const index = this.#listed.peek(i);
      const line = index * HOT_WORDS + DIRECTION_LINE;
      const group = index * COLD_WORDS;
      sum ^= hot[line - DIRECTION_LINE] ^ hot[line] ^ hot[line + DIRECTION_LINE_WORDS];
      sum ^= cold[group] ^ cold[group + COLD_VNI];
      sum ^= cold[group + COLD_GROUP_WORDS] ^ cold[group + COLD_GROUP_WORDS + COLD_VNI];
    }
    return sum;
  }
}
