import type { HopColumns } from "@hopline/batch";
import type { HopRows } from "@hopline/flow";
import { allRows } from "./picked-rows.js";
import type { RowNamer } from "./row-namer.js";

/** How long a connection's first row waits for conntrack to tell of it. */
const WAIT_MS = 300;
/** Look again this often. */
const LOOK_EVERY_MS = 100;

export interface WaitingRowsOptions {
  readonly namer: RowNamer;
  /** Whether conntrack is followed at all; without it nothing is worth waiting for. */
  readonly isTracking: () => boolean;
  readonly onNamed: (columns: HopColumns) => void;
}

interface Waiting {
  readonly rows: HopRows;
  which: Uint32Array;
  lookLeft: number;
}

/**
 * Names rows, holding back for a moment the first rows of connections that conntrack has not told of: the packet
 * and the event come by different ways, and a row that overtakes its event would get another connection's name.
 */
export class WaitingRows {
  readonly #options: WaitingRowsOptions;
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WaitingRowsOptions) {
    this.#options = options;
  }

  /** Rows that wait now. */
  get count(): number {
    let count = 0;
    for (const { which } of this.#waiting) count += which.length;
    return count;
  }

  take(rows: HopRows): void {
    const waiting = { rows, which: allRows(rows.count), lookLeft: Math.ceil(WAIT_MS / LOOK_EVERY_MS) };
    if (this.#look(waiting)) return;
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#lookAgain(), LOOK_EVERY_MS);
  }

  /** Names all that waits, as well as it can be named now. */
  finish(): void {
    for (const waiting of this.#waiting) {
      waiting.lookLeft = 0;
      this.#look(waiting);
    }
    this.#waiting.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #lookAgain(): void {
    for (const waiting of this.#waiting) {
      waiting.lookLeft--;
      if (this.#look(waiting)) this.#waiting.delete(waiting);
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @returns true where nothing waits any more. */
  #look(waiting: Waiting): boolean {
    const { namer, isTracking, onNamed } = this.#options;
    const mayWait = waiting.lookLeft > 0 && isTracking();
    const named = namer.name(waiting.rows, waiting.which, mayWait);
    if (named.columns.count > 0) onNamed(named.columns);
    waiting.which = named.waiting;
    return named.waiting.length === 0;
  }
}
