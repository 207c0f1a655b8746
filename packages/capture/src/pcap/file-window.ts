import { BYTES_PER_BLOCK } from "../frame-rows.js";
import type { ByteSource } from "./byte-source.js";

/** Room for the largest record ({@link LONGEST_RECORD}). */
export const WINDOW_BYTES = BYTES_PER_BLOCK;
/** So much at a time is still in the processor's cache when it is parsed; at usual snap lengths it is some thousand frames. */
const READ_BYTES = 2 ** 18;

/** Anything longer that must be held whole is no record that a capture tool writes. */
export const LONGEST_RECORD = WINDOW_BYTES;

/**
 * A fixed buffer that slides over bytes of any number. What lies between `position` and `end` is read but not
 * yet parsed; `refill` moves it to the front, so whoever holds offsets into `bytes` must be done with them by then.
 */
export class FileWindow {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  position = 0;
  end = 0;

  readonly source: ByteSource;
  /** Offset in the source of `bytes[0]`. */
  #base = 0;

  /** @param bytes {@link WINDOW_BYTES} to slide */
  constructor(source: ByteSource, bytes: Uint8Array = new Uint8Array(WINDOW_BYTES)) {
    this.source = source;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** One over the same source that stands where this one does, in memory of its own. This one is of no more use. */
  moved(): FileWindow {
    const window = new FileWindow(this.source);
    window.bytes.set(this.bytes.subarray(this.position, this.end));
    window.end = this.available;
    window.#base = this.fileOffset;
    return window;
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
      const most = Math.max(READ_BYTES, needed);
      const read = this.source.read(this.bytes.subarray(0, Math.min(most, this.bytes.length)), this.end);
      if (read === 0) return false;
      this.end += read;
    }
    return true;
  }
}
