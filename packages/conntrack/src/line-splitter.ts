const NEWLINE = 0x0a;

/** Called with a line's bytes `[start, end)`, without its newline; valid during the call only. */
export type LineConsumer = (bytes: Uint8Array, start: number, end: number) => void;

/** Cuts chunks of a byte stream into lines, keeping what a chunk leaves unfinished. */
export class LineSplitter {
  readonly #consume: LineConsumer;
  #rest: Uint8Array | undefined;

  constructor(consume: LineConsumer) {
    this.#consume = consume;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.#consume(bytes, start, newline);
      start = newline + 1;
    }
    // A copy: the chunk belongs to the stream.
    this.#rest = start === bytes.length ? undefined : Uint8Array.prototype.slice.call(bytes, start);
  }

  /** Hands over what has no newline at the end of the stream. */
  end(): void {
    if (this.#rest !== undefined) this.#consume(this.#rest, 0, this.#rest.length);
    this.#rest = undefined;
  }
}
