import { describe } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { Store } from "@hopline/store";
import type { StoreKeeper } from "./store-keeper.js";

export interface UnstoredRowsOptions<Row> {
  readonly keeper: StoreKeeper;
  readonly log: Logger;
  /** The keeper's name for the INSERT. */
  readonly operation: string;
  /** What the rows are, in a sentence to users. */
  readonly what: string;
  /** Rows that wait at most; beyond it the oldest are left out. */
  readonly capacity: number;
  /** Rows of one INSERT at most. */
  readonly insertedAtOnce: number;
  readonly insert: (store: Store, rows: readonly Row[]) => Promise<void>;
  readonly onResult: (result: "stored" | "left_out", rows: number) => void;
}

/**
 * Rows that wait for the store, each under the key by which the store keeps one row. A row waits until it was taken or a
 * later one of its key has come.
 */
export class UnstoredRows<Row> {
  readonly #options: UnstoredRowsOptions<Row>;
  readonly #rows = new Map<string, Row>();

  constructor(options: UnstoredRowsOptions<Row>) {
    this.#options = options;
  }

  put(key: string, row: Row): void {
    const { capacity, onResult } = this.#options;
    this.#rows.delete(key);
    this.#rows.set(key, row);
    if (this.#rows.size <= capacity) return;
    for (const oldest of this.#rows.keys()) {
      this.#rows.delete(oldest);
      onResult("left_out", 1);
      return;
    }
  }

  /** The oldest, if the store is there; what it refuses waits on. */
  async store(): Promise<void> {
    const { keeper, log, operation, what, insertedAtOnce, insert, onResult } = this.#options;
    const entries = [...this.#rows].slice(0, insertedAtOnce);
    if (entries.length === 0 || keeper.state.state === "unavailable") return;
    try {
      await keeper.use(operation, (store) =>
        insert(
          store,
          entries.map(([, row]) => row),
        ),
      );
    } catch (thrown) {
      log.warn(`${what} are not stored yet: ${describe(thrown)}`);
      return;
    }
    onResult("stored", entries.length);
    for (const [key, row] of entries) if (this.#rows.get(key) === row) this.#rows.delete(key);
  }
}
