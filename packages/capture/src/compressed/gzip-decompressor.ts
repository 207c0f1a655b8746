import type { FileWindow } from "../pcap/file-window.js";
import { crc32 } from "./crc32.js";
import { DecompressError } from "./decompress-error.js";
import type { Decompressor } from "./decompressed-bytes.js";
import { Inflater } from "./inflater.js";

/** A member's first two bytes, as a little-endian number. */
export const GZIP_MAGIC = 0x8b1f;
const METHOD_DEFLATE = 8;
/** Flags of a member's header. */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/** gzip of one or many members (RFC 1952), checked by its checksums. */
export class GzipDecompressor implements Decompressor {
  readonly #inflater: Inflater;
  #isInMember = false;
  /** Modulo 2^32, as the trailer has it. */
  #memberBytes = 0;
  #checksum = 0;

  constructor(input: FileWindow) {
    this.#inflater = new Inflater(input);
  }

  next(take: (bytes: Uint8Array) => void): boolean {
    if (!this.#isInMember) {
      if (this.#inflater.atEnd()) return false;
      this.#beginMember();
    }
    if (!this.#inflate(take)) this.#endMember();
    return true;
  }

  #inflate(take: (bytes: Uint8Array) => void): boolean {
    const inflater = this.#inflater;
    try {
      return inflater.step();
    } finally {
      const { output, start, end } = inflater;
      this.#memberBytes = (this.#memberBytes + end - start) >>> 0;
      this.#checksum = crc32(this.#checksum, output, start, end);
      take(output.subarray(start, end));
    }
  }

  /** Section 2.3. */
  #beginMember(): void {
    const inflater = this.#inflater;
    if (inflater.bits(16) !== GZIP_MAGIC) throw new DecompressError("no gzip member begins here");
    if (inflater.bits(8) !== METHOD_DEFLATE) throw new DecompressError("its method is not DEFLATE");
    const flags = inflater.bits(8);
    if ((flags & RESERVED) !== 0) throw new DecompressError("its header has unknown flags");
    this.#skip(6);
    if ((flags & EXTRA) !== 0) this.#skip(inflater.bits(16));
    if ((flags & NAME) !== 0) this.#skipText();
    if ((flags & COMMENT) !== 0) this.#skipText();
    if ((flags & HEADER_CRC) !== 0) this.#skip(2);
    inflater.begin();
    this.#memberBytes = 0;
    this.#checksum = 0;
    this.#isInMember = true;
  }

  #endMember(): void {
    const inflater = this.#inflater;
    inflater.align();
    const checksum = inflater.bits(16) + inflater.bits(16) * 0x10000;
    const bytes = inflater.bits(16) + inflater.bits(16) * 0x10000;
    if (checksum !== this.#checksum || bytes !== this.#memberBytes)
      throw new DecompressError("its checksum does not fit, so something before was changed");
    this.#isInMember = false;
  }

  #skip(bytes: number): void {
    for (let at = 0; at < bytes; at++) this.#inflater.bits(8);
  }

  #skipText(): void {
    while (this.#inflater.bits(8) !== 0);
  }
}
