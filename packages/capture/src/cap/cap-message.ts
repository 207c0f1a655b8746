import { readSync, writeSync } from "node:fs";
import { FrameRows } from "../frame-rows.js";

/**
 * What the capturing process tells over its pipe, in the host's byte order (both ends are one machine):
 * four 32-bit words { kind, count, bytes, linkType }, then for frames the columns and the frames' bytes,
 * for faults and warnings `bytes` bytes of JSON.
 */
export const MESSAGE_HELLO = 1;
/** `count` frames in `bytes` bytes; none is a sign of life. */
export const MESSAGE_FRAMES = 2;
/** The process ends after it. */
export const MESSAGE_FAULT = 3;
export const MESSAGE_WARNING = 4;

const HEADER_WORDS = 4;
const LONGEST_FRAME = 65_536;
/** Frames collect up to here; the last one may go past it. */
export const FULL_BYTES = 256 * 1024;

/** Rows with bytes of their own: frames are written one after another from offset 0. */
export class MessageRows extends FrameRows {
  /** How much of `bytes` is filled. */
  length = 0;
  readonly #columns: readonly { readonly bytes: Uint8Array; readonly width: number }[];

  constructor() {
    super();
    this.bytes = new Uint8Array(FULL_BYTES + LONGEST_FRAME);
    this.view = new DataView(this.bytes.buffer);
    this.#columns = [
      this.offsets,
      this.capturedLengths,
      this.wireLengths,
      this.timesUs,
      this.interfaceIndexes,
      this.directions,
    ].map((column) => ({ bytes: new Uint8Array(column.buffer), width: column.BYTES_PER_ELEMENT }));
  }

  clear(): void {
    this.count = 0;
    this.length = 0;
  }

  write(fd: number): void {
    writeHeader(fd, { kind: MESSAGE_FRAMES, count: this.count, bytes: this.length, linkType: this.linkType });
    if (this.count === 0) return;
    for (const { bytes, width } of this.#columns) writeAll(fd, bytes.subarray(0, this.count * width));
    writeAll(fd, this.bytes.subarray(0, this.length));
  }

  /** Reads what follows a header of kind {@link MESSAGE_FRAMES}. False at the end of the pipe. */
  read(fd: number, header: MessageHeader): boolean {
    this.count = header.count;
    this.length = header.bytes;
    this.linkType = header.linkType;
    if (this.count === 0) return true;
    for (const { bytes, width } of this.#columns) {
      if (!readAll(fd, bytes.subarray(0, this.count * width))) return false;
    }
    return readAll(fd, this.bytes.subarray(0, this.length));
  }
}

export interface MessageHeader {
  readonly kind: number;
  readonly count: number;
  readonly bytes: number;
  readonly linkType: number;
}

export function writeHeader(fd: number, { kind, count, bytes, linkType }: MessageHeader): void {
  writeAll(fd, new Uint8Array(Int32Array.of(kind, count, bytes, linkType).buffer));
}

export function writeJson(fd: number, kind: number, value: unknown): void {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  writeHeader(fd, { kind, count: 0, bytes: bytes.length, linkType: 0 });
  writeAll(fd, bytes);
}

/** Blocks until a message comes; undefined when the other end is gone. */
export function readHeader(fd: number): MessageHeader | undefined {
  const words = new Int32Array(HEADER_WORDS);
  if (!readAll(fd, new Uint8Array(words.buffer))) return undefined;
  const [kind = 0, count = 0, bytes = 0, linkType = 0] = words;
  return { kind, count, bytes, linkType };
}

/** Undefined when the other end is gone. */
export function readJson(fd: number, header: MessageHeader): unknown {
  const bytes = new Uint8Array(header.bytes);
  return readAll(fd, bytes) ? JSON.parse(new TextDecoder().decode(bytes)) : undefined;
}

function readAll(fd: number, into: Uint8Array): boolean {
  for (let filled = 0; filled < into.length; ) {
    const read = readSync(fd, into, filled, into.length - filled, null);
    if (read === 0) return false;
    filled += read;
  }
  return true;
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
