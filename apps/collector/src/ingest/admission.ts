import { Fault } from "@hopline/fault";

/**
 * Bounds the memory that batches take while they are received, named and stored: one that finds no room is refused
 * before its body is read, and comes again.
 */
export class Admission {
  readonly #capacityBytes: number;
  #usedBytes = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Takes room for one batch. Alone, a batch of any size is let in.
   *
   * @returns gives the room back; calling it again does nothing.
   * @throws Fault `INGEST_BUSY`
   */
  enter(bytes: number): () => void {
    if (this.#usedBytes > 0 && this.#usedBytes + bytes > this.#capacityBytes) {
      throw new Fault({
        code: "INGEST_BUSY",
        message: `The collector is working on ${this.#usedBytes} bytes of batches and takes no more just now.`,
        hint: "Send the batch again in some seconds.",
      });
    }
    this.#usedBytes += bytes;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#usedBytes -= bytes;
    };
  }
}
