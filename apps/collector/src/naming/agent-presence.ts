/** Windows as Unix seconds, both ends included. */
interface Absence {
  readonly from: number;
  to: number;
}

interface NodePresence {
  /** Arrival, by the collector's clock, of the last batch; undefined where none ever came. */
  heardAtMs: number | undefined;
  /** Latest window that a batch of this node spoke of. */
  lastWindow: number;
  /** When the collector first had to decide without having heard from it. */
  askedAtMs: number | undefined;
  /** Spans in which this node was decided to have no agent. The decision stands, whatever arrives later. */
  readonly absences: Absence[];
}

export interface AgentPresenceOptions {
  readonly now: () => number;
  /** How long the first question about a node that was never heard may wait for its first batch. */
  readonly graceMs: number;
  /** A node that sent nothing for so long has no agent for the windows after its last. */
  readonly silentAfterMs: number;
}

export type Presence = "present" | "absent" | "undecided";

/** So many spans of absence are remembered for a node: an agent that comes and goes oftener has the oldest joined. */
const MAX_ABSENCES = 32;

/**
 * Which nodes have an agent, window by window, so that exactly one node speaks for each connection.
 *
 * Once "no agent" has been acted on for a window (the other side's rows were counted), it holds for that window for
 * ever: rows that an agent kept on its disk while it could not reach us then do not count a second time. So the order in
 * which batches come does not matter, but for one who comes later than the grace, and he speaks from the next window on.
 */
export class AgentPresence {
  readonly #options: AgentPresenceOptions;
  readonly #nodes = new Map<string, NodePresence>();

  constructor(options: AgentPresenceOptions) {
    this.#options = options;
  }

  /** A batch of `node` came, whose latest window is `window`. */
  heard(node: string, window: number): void {
    const entry = this.#entry(node);
    entry.heardAtMs = this.#options.now();
    entry.lastWindow = Math.max(entry.lastWindow, window);
  }

  /** From the store, at start: `node` had an agent up to `window`; it counts as heard at `heardAtMs`. */
  restore(node: string, window: number, heardAtMs: number): void {
    const entry = this.#entry(node);
    entry.heardAtMs = Math.max(entry.heardAtMs ?? 0, heardAtMs);
    entry.lastWindow = Math.max(entry.lastWindow, window);
  }

  /** Whether `node` speaks for its connections in `window`. Asking for an answer does not bind; {@link decideAbsent} does. */
  ask(node: string, window: number): Presence {
    const entry = this.#entry(node);
    for (const absence of entry.absences) {
      if (window >= absence.from && window <= absence.to) return "absent";
    }
    const nowMs = this.#options.now();
    if (entry.heardAtMs === undefined) {
      entry.askedAtMs ??= nowMs;
      return nowMs - entry.askedAtMs < this.#options.graceMs ? "undecided" : "absent";
    }
    const silent = nowMs - entry.heardAtMs >= this.#options.silentAfterMs;
    return silent && window > entry.lastWindow ? "absent" : "present";
  }

  /** Rows of `window` are being stored on the understanding that `node` has no agent. */
  decideAbsent(node: string, window: number): void {
    const entry = this.#entry(node);
    const last = entry.absences.at(-1);
    // All windows since the last one heard, or since ever: a connection of an older window decided later must agree.
    const from = entry.heardAtMs === undefined ? 0 : entry.lastWindow + 1;
    if (last !== undefined && last.from === from) {
      last.to = Math.max(last.to, window);
      return;
    }
    if (entry.absences.some((absence) => window >= absence.from && window <= absence.to)) return;
    entry.absences.push({ from, to: window });
    if (entry.absences.length > MAX_ABSENCES) {
      const [oldest, second] = entry.absences.splice(0, 2);
      if (oldest !== undefined && second !== undefined)
        entry.absences.unshift({ from: oldest.from, to: second.to });
    }
  }

  #entry(node: string): NodePresence {
    let entry = this.#nodes.get(node);
    if (entry === undefined) {
      entry = {
        heardAtMs: undefined,
        lastWindow: Number.NEGATIVE_INFINITY,
        askedAtMs: undefined,
        absences: [],
      };
      this.#nodes.set(node, entry);
    }
    return entry;
  }
}
