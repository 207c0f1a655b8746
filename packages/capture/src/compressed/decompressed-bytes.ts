import type { Fault } from "@hopline/fault";
import type { ByteSource } from "../pcap/byte-source.js";
import { compressedTruncationAt, damageAt } from "../pcap/damage.js";
import type { FileWindow } from "../pcap/file-window.js";
import { DecompressError, EndedEarly } from "./decompress-error.js";

/** One compressed format, read from a window that stands at the file's beginning. */
export interface Decompressor {
  /**
   * Decompresses some more, a bounded number of bytes, perhaps none.
   *
   * @param take what came; valid until the next call, and called before anything is thrown
   * @returns false at the end
   * @throws DecompressError; the input then stands near the place
   */
  next(take: (bytes: Uint8Array) => void): boolean;
}

const NOTHING = new Uint8Array(0);

/** A compressed file as the bytes that it decompresses to. */
export class DecompressedBytes implements ByteSource {
  truncation: Fault | undefined;

  readonly #input: FileWindow;
  readonly #decompressor: Decompressor;
  readonly #name: string;
  #ready: Uint8Array = NOTHING;
  #isOver = false;
  #damage: Fault | undefined;

  /** @param name what to call the file in messages */
  constructor(input: FileWindow, decompressor: Decompressor, name: string) {
    this.#input = input;
    this.#decompressor = decompressor;
    this.#name = name;
  }

  read(into: Uint8Array, offset: number): number {
    while (this.#ready.length === 0 && !this.#isOver) this.#advance();
    // What came before damage is good, and comes first.
    if (this.#ready.length === 0 && this.#damage !== undefined) throw this.#damage;
    const bytes = this.#ready.subarray(0, into.length - offset);
    into.set(bytes, offset);
    this.#ready = this.#ready.subarray(bytes.length);
    return bytes.length;
  }

  #advance(): void {
    const take = (bytes: Uint8Array): void => {
      this.#ready = bytes;
    };
    try {
      this.#isOver = !this.#decompressor.next(take);
    } catch (thrown) {
      if (!(thrown instanceof DecompressError)) throw thrown;
      this.#isOver = true;
      const { fileOffset } = this.#input;
      if (thrown instanceof EndedEarly) this.truncation = compressedTruncationAt(this.#name, fileOffset);
      else this.#damage = damageAt(this.#name, fileOffset, `it cannot be decompressed: ${thrown.message}`);
    }
  }
}
