import type { SentNodeStateReading } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { StoreKeeper } from "../store-keeper.js";

export interface NodeStateWriterOptions {
  readonly keeper: StoreKeeper;
  readonly clock: Clock;
}

/** An INSERT costs the embedded engine the same however few its rows are: those of all agents go together. */
const LEAST_INTERVAL_MS = 1000;

/** Stores readings of nodes' states, as many as have come in one INSERT. */
export class NodeStateWriter {
  readonly #options: NodeStateWriterOptions;
  #waiting: SentNodeStateReading[] = [];
  #next: Promise<void> | undefined;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: NodeStateWriterOptions) {
    this.#options = options;
  }

  /** Settles when they are stored. @throws the store's Fault */
  write(readings: readonly SentNodeStateReading[], signal: AbortSignal): Promise<void> {
    this.#waiting.push(...readings);
    this.#next ??= this.#insert(signal);
    return this.#next;
  }

  async #insert(signal: AbortSignal): Promise<void> {
    const { keeper, clock } = this.#options;
    await clock.sleep(Math.max(0, this.#nextAtMs - clock.now()), signal);
    const readings = this.#waiting;
    this.#waiting = [];
    // What comes from here on waits for the next.
    this.#next = undefined;
    this.#nextAtMs = clock.now() + LEAST_INTERVAL_MS;
    await keeper.use("insert_node_states", (store) => store.insertNodeStates(readings));
  }
}
