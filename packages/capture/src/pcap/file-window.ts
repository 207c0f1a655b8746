import type { ByteSource } from "./byte-source.js";

/**
 * Room for the largest record ({@link LONGEST_RECORD}) and, at usual snap lengths, some thousand frames a read.
 */
export const WINDOW_BYTES = 2 ** 20;

/** Anything longer that must be held whole is no record that a capture tool writes. */
export const LONGEST_RECORD = WINDOW_BYTES;

/**
 * A fixed buffer that slides over bytes of any number. What lies between `position` and `end` is read but not
 * yet parsed; `refill` moves it to the front, so whoever holds offsets into `bytes` must be done with them by then.
 */
export class FileWindow {
  readonly bytes = new Uint8Array(WINDOW_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  position = 0;
  end = 0;

  readonly source: ByteSource;
  /** Offset in the source of `bytes[0]`. */
  #base = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  get available(): number {
    return this.end - this.position;
  }

  /** Offset in the source of the next byte to parse. */
  get fileOffset(): number {
    return this.#base + this.position;
  }

  /** Drops up to `count` bytes; returns how many there were to drop. */
  skip(count: number): number {
    const skipped = Math.min(count, this.available);
    this.position += skipped;
    return skipped;
  }

  /**
   * Reads until at least `needed` bytes are available, or the source ends: then false.
   *
   * @throws Fault as the source does; what was read before it is available all the same
   */
  refill(needed: number): boolean {
    this.bytes.copyWithin(0, this.position, this.end);
    this.#base += this.position;
    this.end -= this.position;
    this.position = 0;
    while (this.end < needed) {
      const read = this.source.read(this.bytes, this.end);
      if (read === 0) return false;
      this.end += read;
    }
    return true;
  }
}
