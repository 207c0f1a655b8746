/** A statement that stores goes before those that read and came up to so long before it. */
const HEAD_START_MS = 1000;

interface Waiting {
  /** Milliseconds on a clock that never goes back. */
  readonly dueMs: number;
  readonly begin: () => Promise<void>;
}

/**
 * Hands statements to the embedded engine one at a time, what stores before what reads.
 *
 * The engine runs one at a time anyway, whichever it likes next, and each that it has not begun holds one of Node's few
 * threads for files: with four of them, nothing of the process reads or writes a file. So they wait here.
 */
export class StatementQueue {
  readonly #nowMs: () => number;
  readonly #waiting: Waiting[] = [];
  #running = false;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Runs a statement that changes what is stored. */
  store<Result>(statement: () => Promise<Result>): Promise<Result> {
    return this.#add(this.#nowMs() - HEAD_START_MS, statement);
  }

  /** Runs a statement that reads. */
  read<Result>(statement: () => Promise<Result>): Promise<Result> {
    return this.#add(this.#nowMs(), statement);
  }

  #add<Result>(dueMs: number, statement: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      // Never rejects, whatever the statement does: the next one's turn depends on it.
      const begin = async () => {
        try {
          resolve(await statement());
        } catch (thrown) {
          reject(thrown);
        }
      };
      const before = this.#waiting.findIndex((other) => other.dueMs > dueMs);
      this.#waiting.splice(before === -1 ? this.#waiting.length : before, 0, { dueMs, begin });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await next.begin();
    this.#running = false;
  }
}
