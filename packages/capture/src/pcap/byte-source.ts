import type { Fault } from "@hopline/fault";

/** The bytes of a capture file, one after another, as they are to be parsed: read from a disk or a pipe, or decompressed. */
export interface ByteSource {
  /**
   * Fills a part of `into`, from `offset` on. Returns how many bytes came: 0 at the end only.
   *
   * @throws Fault `CAPTURE_FILE_UNREADABLE`, `CAPTURE_FILE_DAMAGED` or `CAPTURE_FILE_FORMAT`
   */
  read(into: Uint8Array, offset: number): number;
  /** After the end: what says that it came too early, which the bytes themselves do not tell. */
  readonly truncation: Fault | undefined;
}

/** How far a file has been read: bytes as they are on the disk, compressed or not. */
export interface FilePosition {
  readonly readBytes: number;
  /** Undefined for pipes and the like. */
  readonly totalBytes: number | undefined;
}
