import type { HopColumns } from "@hopline/batch";
import type { HopRows } from "@hopline/flow";
import { allRows } from "./picked-rows.js";
import type { RowNamer } from "./row-namer.js";

/** Look again this often. */
const LOOK_EVERY_MS = 100;
/** How often a connection's first row is looked at until conntrack has told of it: 300 ms. */
const CONNTRACK_LOOKS = 3;
/** How often a new interface's row is looked at until the kernel has described it: 5 s; on a busy node that takes a while. */
const INTERFACE_LOOKS = 50;

export interface WaitingRowsOptions {
  readonly namer: RowNamer;
  /** Whether conntrack is followed at all; without it nothing is worth waiting for. */
  readonly isTracking: () => boolean;
  readonly onNamed: (columns: HopColumns) => void;
}

interface Waiting {
  readonly rows: HopRows;
  which: Uint32Array;
  looks: number;
}

/**
 * Names rows, holding back for a moment the first rows of connections that conntrack has not told of: the packet
 * and the event come by different ways, and a row that overtakes its event would get another connection's name.
 * So do rows of an interface that is captured since the kernel made it and not yet described.
 */
export class WaitingRows {
  readonly #options: WaitingRowsOptions;
  readonly #waiting = new Set<Waiting>();
  /** What is to be done once those that wait now have their names. */
  readonly #afterwards: { readonly left: Set<Waiting>; readonly then: () => void }[] = [];
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
    const waiting = { rows, which: allRows(rows.count), looks: 0 };
    if (this.#look(waiting)) return;
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#lookAgain(), LOOK_EVERY_MS);
  }

  /** Calls `then` when all that was taken so far has been named: at once, or in a moment. */
  whenNamed(then: () => void): void {
    if (this.#waiting.size === 0) then();
    else this.#afterwards.push({ left: new Set(this.#waiting), then });
  }

  /** Names all that waits, as well as it can be named now. */
  finish(): void {
    for (const waiting of this.#waiting) {
      waiting.looks = INTERFACE_LOOKS;
      this.#look(waiting);
    }
    for (const waiting of [...this.#waiting]) this.#end(waiting);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #lookAgain(): void {
    for (const waiting of this.#waiting) {
      waiting.looks++;
      if (this.#look(waiting)) this.#end(waiting);
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #end(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    for (const { left } of this.#afterwards) left.delete(waiting);
    while (this.#afterwards[0]?.left.size === 0) this.#afterwards.shift()?.then();
  }

  /** @returns true where nothing waits any more. */
  #look(waiting: Waiting): boolean {
    const { namer, isTracking, onNamed } = this.#options;
    const patience = {
      conntrack: waiting.looks < CONNTRACK_LOOKS && isTracking(),
      interfaces: waiting.looks < INTERFACE_LOOKS,
    };
    const named = namer.name(waiting.rows, waiting.which, patience);
    if (named.columns.count > 0) onNamed(named.columns);
    waiting.which = named.waiting;
    return named.waiting.length === 0;
  }
}
