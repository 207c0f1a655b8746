/** Tells a person what is going on, on standard error. */
export class Progress {
  readonly #write: (line: string) => void;
  readonly #nowMs: () => number;

  constructor(write: (line: string) => void, nowMs: () => number) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  /** Does a step and says how long it took. */
  async step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const startMs = this.#nowMs();
    const result = await work();
    this.#write(`lab: ${name} (${((this.#nowMs() - startMs) / 1000).toFixed(1)} s)`);
    return result;
  }

  note(message: string): void {
    this.#write(`lab: ${message}`);
  }
}
