import type { DropColumns, HopColumns } from "@hopline/batch";
import { type Rejection, rejectionColumns, textAt } from "./rejection-columns.js";
import { cameIn, HOLD_MS, isWatched, prohibitionOf, wentOut } from "./rejection-signs.js";
import { ResetWatch, type ResetWatchOptions } from "./reset-watch.js";

const LOOK_EVERY_MS = 200;
/** That wait at one time. */
const MOST_WAITING = 2000;

/** Counters since the start, all monotonic: packets. */
export interface RejectionCounters {
  icmp: number;
  rst: number;
  /** Signs that came when there were enough already. */
  rateLimited: number;
}

export interface RejectionWatchOptions extends Omit<ResetWatchOptions, "onTooMany"> {
  readonly onRows: (columns: DropColumns) => void;
}

interface Waiting {
  readonly rejection: Rejection;
  readonly untilMs: number;
  /** Where the packets left the node, as far as that has shown. */
  left: { readonly interface: string; readonly isEncapsulated: boolean } | undefined;
}

/**
 * Firewalls that answer what they do not pass leave no log, but what they answer is seen: an RST ({@link ResetWatch}), or an
 * ICMP error that says *administratively prohibited*. Its own node says so, where the packets came in; an error that came from
 * elsewhere is told by the client's node, unless the packets left it in a tunnel, for then they went to a node that says so
 * itself. Rows of a connection's hops come within a second or so of each other, so each sign waits for what may speak against it.
 */
export class RejectionWatch {
  readonly counters: RejectionCounters = { icmp: 0, rst: 0, rateLimited: 0 };
  readonly #options: RejectionWatchOptions;
  readonly #resets: ResetWatch;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RejectionWatchOptions) {
    this.#options = options;
    this.#resets = new ResetWatch({ ...options, onTooMany: () => this.counters.rateLimited++ });
  }

  /** Looks at named rows. */
  take(columns: HopColumns): void {
    for (let row = 0; row < columns.count; row++) {
      const reason = prohibitionOf(columns, row);
      if (reason !== undefined && cameIn(columns, row) && isWatched(columns, row)) {
        const packets = columns.icmp_errors[row]!;
        this.#wait({ source: "icmp", reason, packets, outInterface: "", columns, row });
      }
    }
    if (this.#waiting.size > 0) this.#weigh(columns);
    this.#resets.take(columns);
    if (this.#resets.size > 0) this.#startTimer();
  }

  /** Decides all that waits, by what is known now. */
  finish(): void {
    this.#decide(Number.POSITIVE_INFINITY);
  }

  #wait(rejection: Rejection): void {
    if (this.#waiting.size >= MOST_WAITING) {
      this.counters.rateLimited += rejection.packets;
      return;
    }
    const { columns, row } = rejection;
    const key = `${columns.window_start[row]} ${columns.is_reply[row]} ${hopKey(columns, row)}`;
    this.#waiting.set(key, { rejection, untilMs: this.#options.nowMs() + HOLD_MS, left: undefined });
    this.#startTimer();
  }

  #startTimer(): void {
    this.#timer ??= setInterval(() => this.#decide(this.#options.nowMs()), LOOK_EVERY_MS);
  }

  /** An error that is seen to come from elsewhere. */
  #weigh(columns: HopColumns): void {
    for (let row = 0; row < columns.count; row++) {
      if (columns.icmp_errors[row] === 0 || !wentOut(columns, row)) continue;
      for (const waiting of this.#waiting.values()) {
        if (waiting.left !== undefined || !isSameFlow(columns, row, waiting.rejection)) continue;
        waiting.left = {
          interface: textAt(columns.interface, row),
          isEncapsulated: textAt(columns.encapsulation, row) !== "none",
        };
      }
    }
  }

  #decide(nowMs: number): void {
    const decided: Rejection[] = [];
    for (const [key, waiting] of this.#waiting) {
      if (waiting.untilMs > nowMs) continue;
      this.#waiting.delete(key);
      const rejection = this.#decisionOn(waiting);
      if (rejection === undefined) continue;
      decided.push(rejection);
    }
    decided.push(...this.#resets.decide(nowMs));
    for (const { source, packets } of decided) this.counters[source] += packets;
    if (this.#waiting.size + this.#resets.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    if (decided.length > 0) this.#options.onRows(rejectionColumns(decided));
  }

  #decisionOn({ rejection, left }: Waiting): Rejection | undefined {
    if (left === undefined) return rejection;
    const isFromPod = textAt(rejection.columns.role, rejection.row) === "pod";
    return isFromPod && !left.isEncapsulated ? { ...rejection, outInterface: left.interface } : undefined;
  }
}

/** A connection at an interface. */
function hopKey({ connection_id: ids, interface_index: interfaces }: HopColumns, row: number): string {
  return `${ids[row * 2]} ${ids[row * 2 + 1]} ${interfaces[row]}`;
}

function isSameFlow(columns: HopColumns, row: number, { columns: of, row: at }: Rejection): boolean {
  return (
    columns.connection_id[row * 2] === of.connection_id[at * 2] &&
    columns.connection_id[row * 2 + 1] === of.connection_id[at * 2 + 1] &&
    columns.is_reply[row] === of.is_reply[at]
  );
}
