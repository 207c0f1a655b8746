import { coldOf, ENTRY_COUNTING, ENTRY_LISTED_TOUCHED, Entry, lineOf } from "./entry";
import { EntryRing } from "./entry-ring";
import { exportEntry } from "./row-export";

/** Entries that have counted something since their last row, and some whose counts have left by other ways since. */
let listed: EntryRing = changetype<EntryRing>(0);
/** See `touchedSum` of flow-index.ts. */
export let touchedSum: i32 = 0;

/** Entries whose memory is asked for before they are exported one by one. */
const LOOK_AHEAD: i32 = 16;

export function reserveCounting(capacity: i32): void {
  listed = new EntryRing(capacity);
}

/** The entry counts in this window from now on. */
export function enterCounting(entry: Entry, window: i32): void {
  entry.window = window;
  const state = entry.state;
  entry.state = state | ENTRY_COUNTING | ENTRY_LISTED_TOUCHED;
  if ((state & ENTRY_LISTED_TOUCHED) === 0) listed.push(entry);
}

/** Exports what was counted in windows before this one. */
export function exportBefore(window: f64): void {
  for (let left = listed.length; left > 0; left--) {
    if (left % LOOK_AHEAD === 0) touchNext();
    const entry = listed.shift();
    const isCounting = (entry.state & ENTRY_COUNTING) !== 0;
    if (isCounting && <f64>entry.window >= window) {
      listed.push(entry);
      continue;
    }
    entry.state &= ~ENTRY_LISTED_TOUCHED;
    if (isCounting) exportEntry(entry, 0);
  }
}

/** Reads what exporting the next entries of the list will read: `touchEntries` says what for. */
function touchNext(): void {
  let sum = 0;
  for (let i = 0; i < LOOK_AHEAD; i++) {
    const entry = listed.peek(i);
    const first = coldOf(entry, 0);
    const second = coldOf(entry, 1);
    sum ^= entry.low0 ^ lineOf(entry, 0).packets ^ lineOf(entry, 1).packets;
    sum ^= first.synPackets ^ first.vni ^ second.synPackets ^ second.vni;
  }
  touchedSum ^= sum;
}
