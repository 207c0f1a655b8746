import { readSync } from "node:fs";
import { describe, Fault, systemCode } from "@hopline/fault";

/**
 * Room for the largest record ({@link LONGEST_RECORD}) and, at usual snap lengths, some thousand frames a read.
 */
export const WINDOW_BYTES = 2 ** 20;

/** Anything longer that must be held whole is no record that a capture tool writes. */
export const LONGEST_RECORD = WINDOW_BYTES;

/** How long to wait where a file descriptor does not block and has nothing yet. */
const RETRY_MS = 10;

/**
 * A fixed buffer that slides over a file or pipe of any length. What lies between `position` and `end` is read but not
 * yet parsed; `refill` moves it to the front, so whoever holds offsets into `bytes` must be done with them by then.
 */
export class FileWindow {
  readonly bytes = new Uint8Array(WINDOW_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  position = 0;
  end = 0;

  readonly #fd: number;
  readonly #name: string;
  /** Offset in the file of `bytes[0]`. */
  #base = 0;

  /** @param name what to call the file in messages */
  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.#name = name;
  }

  get available(): number {
    return this.end - this.position;
  }

  /** Offset in the file of the next byte to parse. */
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
   * Reads until at least `needed` bytes are available, or the file ends: then false.
   *
   * @throws Fault `CAPTURE_FILE_UNREADABLE`
   */
  refill(needed: number): boolean {
    this.bytes.copyWithin(0, this.position, this.end);
    this.#base += this.position;
    this.end -= this.position;
    this.position = 0;
    while (this.end < needed) {
      const read = this.#read();
      if (read === 0) return false;
      this.end += read;
    }
    return true;
  }

  #read(): number {
    for (;;) {
      try {
        return readSync(this.#fd, this.bytes, this.end, this.bytes.length - this.end, null);
      } catch (thrown) {
        if (systemCode(thrown) !== "EAGAIN") throw unreadable(this.#name, thrown);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}

/** The Fault for a file that cannot be opened or read. */
export function unreadable(name: string, thrown: unknown): Fault {
  const reasons: Record<string, string> = {
    ENOENT: "there is no such file",
    EACCES: "this user may not read it",
    EPERM: "this user may not read it",
    EISDIR: "it is a folder",
    EBADF: "it is not open for reading",
  };
  const reason = reasons[systemCode(thrown) ?? ""] ?? describe(thrown);
  return new Fault({
    code: "CAPTURE_FILE_UNREADABLE",
    message: `The capture file ${name} cannot be read: ${reason}.`,
    cause: thrown,
  });
}
