import { Decompress } from "fzstd";
import type { FileWindow } from "../pcap/file-window.js";
import { DecompressError, EndedEarly } from "./decompress-error.js";
import type { Decompressor } from "./decompressed-bytes.js";
import { Xxh64 } from "./xxh64.js";

/** A frame's first four bytes, as a little-endian number (RFC 8878 section 3.1.1). */
const ZSTD_MAGIC = 0xfd2fb528;
/** Skippable frames (section 3.1.2) have any number in the four lowest bits. */
const SKIPPABLE_MAGIC = 0x184d2a50;
/** What `zstd -d` takes unless told otherwise. A frame's window is held in memory. */
const LARGEST_WINDOW_BYTES = 128 * 2 ** 20;
const BLOCK_HEADER_BYTES = 3;
/** Section 3.1.1.2.4. */
const LARGEST_BLOCK_BYTES = 128 * 1024;
const CHECKSUM_BYTES = 4;
const BLOCK_RUN = 1;
const BLOCK_RESERVED = 3;

/**
 * zstd (RFC 8878), by the package `fzstd`: a frame at a time and a block at a time, so that memory stays bounded and
 * damage has an offset.
 */
export class ZstdDecompressor implements Decompressor {
  readonly #input: FileWindow;
  #frame: Decompress | undefined;
  /** Of the frame, where that has a checksum; until that has been looked at. */
  #checksum: Xxh64 | undefined;
  #expectedChecksum: number | undefined;
  /** What fzstd has given and nobody has taken. */
  readonly #decompressed: Uint8Array[] = [];

  constructor(input: FileWindow) {
    this.#input = input;
  }

  next(take: (bytes: Uint8Array) => void): boolean {
    const decompressed = this.#decompressed.shift();
    if (decompressed !== undefined) {
      this.#checksum?.update(decompressed);
      take(decompressed);
    } else if (this.#expectedChecksum !== undefined) {
      this.#endFrame();
    } else if (this.#frame === undefined) {
      if (this.#input.available === 0 && !this.#input.refill(1)) return false;
      this.#beginFrame();
    } else {
      this.#block(this.#frame);
    }
    return true;
  }

  #beginFrame(): void {
    const input = this.#input;
    this.#need(4);
    const magic = input.view.getUint32(input.position, true);
    if (isSkippable(magic)) {
      this.#skipFrame();
      return;
    }
    if (magic !== ZSTD_MAGIC) throw new DecompressError("no zstd frame begins here");
    this.#need(5);
    const descriptor = input.bytes[input.position + 4]!;
    const headerBytes = headerLength(descriptor);
    this.#need(headerBytes);
    const windowBytes = this.#windowBytes(descriptor, headerBytes);
    if (windowBytes > LARGEST_WINDOW_BYTES) {
      throw new DecompressError(
        `a frame wants a window of ${windowBytes} bytes, ${LARGEST_WINDOW_BYTES} is the most`,
      );
    }
    if ((descriptor & 3) !== 0) throw new DecompressError("a frame was compressed with a dictionary");
    this.#checksum = (descriptor & 4) !== 0 ? new Xxh64() : undefined;
    this.#frame = new Decompress((bytes) => {
      if (bytes.length > 0) this.#decompressed.push(bytes);
    });
    this.#push(this.#frame, headerBytes, false);
  }

  /** Section 3.1.1.1: the window's size, or the content's where that is the window. */
  #windowBytes(descriptor: number, headerBytes: number): number {
    const { view, position } = this.#input;
    if ((descriptor & 0x20) === 0) {
      const window = view.getUint8(position + 5);
      const base = 2 ** (10 + (window >>> 3));
      return base + (base / 8) * (window & 7);
    }
    switch (descriptor >>> 6) {
      case 0:
        return view.getUint8(position + headerBytes - 1);
      case 1:
        return view.getUint16(position + headerBytes - 2, true) + 256;
      case 2:
        return view.getUint32(position + headerBytes - 4, true);
      default:
        return Number(view.getBigUint64(position + headerBytes - 8, true));
    }
  }

  /** Section 3.1.1.2. */
  #block(frame: Decompress): void {
    this.#need(BLOCK_HEADER_BYTES);
    const { bytes, position } = this.#input;
    const header = bytes[position]! | (bytes[position + 1]! << 8) | (bytes[position + 2]! << 16);
    const type = (header >>> 1) & 3;
    const size = header >>> 3;
    if (type === BLOCK_RESERVED) throw new DecompressError("a block has the type 3, which there is not");
    if (size > LARGEST_BLOCK_BYTES) throw new DecompressError(`a block claims ${size} bytes`);
    const isLast = (header & 1) === 1;
    const body = type === BLOCK_RUN ? 1 : size;
    const total = BLOCK_HEADER_BYTES + body + (isLast && this.#checksum !== undefined ? CHECKSUM_BYTES : 0);
    this.#need(total);
    this.#push(frame, total, isLast);
    if (!isLast) return;
    this.#frame = undefined;
    const { view, position: end } = this.#input;
    if (this.#checksum !== undefined) this.#expectedChecksum = view.getUint32(end - CHECKSUM_BYTES, true);
  }

  /** Gives the next bytes of the input to fzstd, which may keep them until it has enough: so they are copied. */
  #push(frame: Decompress, count: number, isLast: boolean): void {
    const { bytes, position } = this.#input;
    try {
      frame.push(bytes.slice(position, position + count), isLast);
    } catch (thrown) {
      throw new DecompressError(thrown instanceof Error ? thrown.message : String(thrown));
    }
    this.#input.skip(count);
  }

  #endFrame(): void {
    const isRight = this.#checksum?.lowerHalf() === this.#expectedChecksum;
    this.#checksum = undefined;
    this.#expectedChecksum = undefined;
    if (!isRight) throw new DecompressError("its checksum does not fit, so something before was changed");
  }

  #skipFrame(): void {
    const input = this.#input;
    this.#need(8);
    let left = 8 + input.view.getUint32(input.position + 4, true);
    while (left > 0) {
      left -= input.skip(left);
      if (left > 0) this.#need(1);
    }
  }

  #need(count: number): void {
    if (this.#input.available < count && !this.#input.refill(count)) throw new EndedEarly();
  }
}

/** Whether a file that begins so, read as a little-endian number, is zstd. */
export function isZstdMagic(magic: number): boolean {
  return magic === ZSTD_MAGIC || isSkippable(magic);
}

function isSkippable(magic: number): boolean {
  return (magic & ~15) >>> 0 === SKIPPABLE_MAGIC;
}

/** Section 3.1.1.1: magic, descriptor, window descriptor, dictionary id, content size. */
function headerLength(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  return 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
}
