import { WINDOW_SECONDS } from "./hop-row.js";

/** What a node's agent says of one window (packages/batch, COMPLETENESS_COLUMNS). */
export interface CompletenessRow {
  readonly node: string;
  /** Unix seconds. */
  readonly windowStart: number;
  readonly droppedFrames: number;
  readonly agentEvents: readonly AgentEvent[];
}

/** What befell a node's agent in a window. */
type AgentEvent = "started" | "stopped" | "lost-batches" | "late-interface";

/** Why nothing can be said of a window at a node. */
export type Doubt =
  /** Rows may still come. */
  | "not-settled"
  /** The node's agent sent nothing of this window. */
  | "agent-away"
  | "agent-started"
  | "agent-stopped"
  | "batches-lost"
  /** A pod's interface was there before the agent could capture it. */
  | "interface-late"
  /** The capture had no room for some frames, in this window or the one next to it. */
  | "frames-dropped"
  /** Sampling left packets of this connection out. */
  | "sampled";

/** A window's row is stored some two seconds after its end; clocks may be wrong by some more. */
const LATE_MS = 12_000;

/** What each event casts on its window. Of several the first counts. */
const EVENT_DOUBTS: readonly (readonly [event: AgentEvent, doubt: Doubt])[] = [
  ["lost-batches", "batches-lost"],
  ["late-interface", "interface-late"],
  ["started", "agent-started"],
  ["stopped", "agent-stopped"],
];

const DOUBT_TEXTS: Readonly<Record<Doubt, string>> = {
  "not-settled": "its windows are not closed yet",
  "agent-away": "the agent sent nothing for some of its time",
  "agent-started": "the agent started while it ran",
  "agent-stopped": "the agent stopped while it ran",
  "batches-lost": "the agent lost batches that it could not deliver",
  "interface-late": "a new interface was captured late",
  "frames-dropped": "the capture had no room for some frames",
  sampled: "sampling left packets of it out",
};

/** In words, without a full stop: "the agent started while it ran". */
export function doubtText(doubt: Doubt): string {
  return DOUBT_TEXTS[doubt];
}

export interface CompletenessOptions {
  /** Milliseconds since the Unix epoch, by the clock of whoever asks. */
  readonly nowMs: number;
  /** A window is settled when a later one is there, or so long after its end. */
  readonly settleMs: number;
}

interface NodeWindow {
  readonly dropped: number;
  readonly events: ReadonlySet<AgentEvent>;
}

/** How complete each node's windows are. */
export class Completeness {
  readonly #options: CompletenessOptions;
  /** By node, then window: drops and events of all rows of the window together. */
  readonly #nodes = new Map<string, Map<number, NodeWindow>>();
  readonly #latest = new Map<string, number>();
  /** The last window that each node's agent has closed; and that any agent has. */
  readonly #closed = new Map<string, number>();
  #newest = 0;

  /** @param seen windows in which a node is known to have reported rows, whatever its completeness rows say. */
  constructor(
    rows: readonly CompletenessRow[],
    seen: Iterable<{ readonly node: string; readonly windowStart: number }>,
    options: CompletenessOptions,
  ) {
    this.#options = options;
    for (const row of rows) {
      const windows = this.#nodes.get(row.node) ?? new Map<number, NodeWindow>();
      this.#nodes.set(row.node, windows);
      const known = windows.get(row.windowStart);
      windows.set(row.windowStart, {
        // A row that came twice says the same; two of an agent that restarted both count.
        dropped: Math.max(row.droppedFrames, known?.dropped ?? 0),
        events: new Set([...row.agentEvents, ...(known?.events ?? [])]),
      });
      this.#later(row.node, row.windowStart);
      this.#closed.set(row.node, Math.max(row.windowStart, this.#closed.get(row.node) ?? 0));
      this.#newest = Math.max(this.#newest, row.windowStart);
    }
    for (const { node, windowStart } of seen) this.#later(node, windowStart);
  }

  #later(node: string, windowStart: number): void {
    this.#latest.set(node, Math.max(windowStart, this.#latest.get(node) ?? 0));
  }

  /** Whether an agent on this node reported anything at all. */
  hasAgent(node: string): boolean {
    return this.#latest.has(node);
  }

  /** Whether the node's agent reported a window shortly before this one, or later: then the open window's first rows are here too. */
  isLive(node: string, windowStart: number): boolean {
    return (this.#latest.get(node) ?? 0) >= windowStart - 2 * WINDOW_SECONDS;
  }

  /**
   * Whether what the agent has sent is as recent as it should be: the last window to have ended so long ago is there. An agent or
   * collector that has not the time may be minutes behind, and silence means nothing then.
   */
  isOnTime(node: string): boolean {
    const due = Math.floor((this.#options.nowMs - LATE_MS) / 1000 / WINDOW_SECONDS - 1) * WINDOW_SECONDS;
    return (this.#closed.get(node) ?? 0) >= Math.min(due, this.#newest);
  }

  /** What is doubtful about a window at a node; undefined where it is settled and complete. */
  doubt(node: string, windowStart: number): Doubt | undefined {
    const windows = this.#nodes.get(node);
    const own = windows?.get(windowStart);
    // That its agent was not there all the time is known before all of its rows are here.
    const befell = EVENT_DOUBTS.find(([event]) => own?.events.has(event));
    if (befell !== undefined) return befell[1];
    const isSettled =
      (this.#latest.get(node) ?? 0) > windowStart ||
      this.#options.nowMs - (windowStart + WINDOW_SECONDS) * 1000 >= this.#options.settleMs;
    if (!isSettled) return "not-settled";
    if (own === undefined) return "agent-away";
    // Drops are counted when they are read, which may be a window early or late.
    const near = [windowStart - WINDOW_SECONDS, windowStart, windowStart + WINDOW_SECONDS];
    if (near.some((window) => (windows?.get(window)?.dropped ?? 0) > 0)) return "frames-dropped";
    return undefined;
  }
}
