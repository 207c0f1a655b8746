import { closeSync, openSync } from "node:fs";
import { Fault } from "@hopline/fault";
import { DecompressedBytes } from "../compressed/decompressed-bytes.js";
import { GZIP_MAGIC, GzipDecompressor } from "../compressed/gzip-decompressor.js";
import { isZstdMagic, ZstdDecompressor } from "../compressed/zstd-decompressor.js";
import { type FrameMemory, FrameRows } from "../frame-rows.js";
import type { CaptureReader } from "./capture-reader.js";
import { damageAt } from "./damage.js";
import { FileBytes, unreadable } from "./file-bytes.js";
import { FileWindow } from "./file-window.js";
import { PcapFileSource } from "./pcap-file-source.js";
import { isPcapMagic, PCAP_HEADER_BYTES, PcapReader } from "./pcap-reader.js";
import { BLOCK_SECTION_HEADER } from "./pcapng-format.js";
import { PcapngReader } from "./pcapng-reader.js";

export interface PcapFileOptions {
  /** What to call the one interface of a classic pcap file, which has no name of its own. Default: `if0`. */
  readonly interfaceName?: string;
  /** What to call the file in messages. Default: its path, or `fd <n>`. */
  readonly name?: string;
  /** The consumer's, to read frames into. Default: some of the source's own. */
  readonly memory?: FrameMemory;
}

/**
 * Opens a pcap or pcapng file, as it is or compressed with gzip or zstd, told apart by content. Also reads from a pipe,
 * then blocking until the writer writes. Memory is bounded, however long the file is.
 *
 * @param file a path, or an open file descriptor at the file's beginning, which stays the caller's to close
 * @throws Fault `CAPTURE_FILE_UNREADABLE`, `CAPTURE_FILE_FORMAT` (not a capture file) or `CAPTURE_FILE_DAMAGED`
 */
export function openPcapFile(file: string | number, options: PcapFileOptions = {}): PcapFileSource {
  const name = options.name ?? (typeof file === "string" ? file : `fd ${file}`);
  const fd = typeof file === "string" ? open(file, name) : file;
  const close = (): void => {
    if (typeof file === "string") closeSync(fd);
  };
  try {
    const file = new FileBytes(fd, name);
    const rows = new FrameRows(options.memory);
    const { window, called } = windowOver(file, name, rows.bytes);
    const reader = readerFor(window, called, options.interfaceName ?? "if0");
    return new PcapFileSource({ file, window, reader, rows, name: called, close });
  } catch (thrown) {
    close();
    throw thrown;
  }
}

function open(path: string, name: string): number {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    throw unreadable(name, thrown);
  }
}

/** The window over what is to be parsed, which slides in `bytes`, and how messages with an offset in it call the file. */
function windowOver(
  file: FileBytes,
  name: string,
  bytes: Uint8Array,
): { window: FileWindow; called: string } {
  const window = new FileWindow(file, bytes);
  if (!window.refill(4)) return { window, called: name };
  const isGzip = window.view.getUint16(0, true) === GZIP_MAGIC;
  if (!isGzip && !isZstdMagic(window.view.getUint32(0, true))) return { window, called: name };
  const compressed = window.moved();
  const decompressor = isGzip ? new GzipDecompressor(compressed) : new ZstdDecompressor(compressed);
  const decompressed = new DecompressedBytes(compressed, decompressor, name);
  return { window: new FileWindow(decompressed, bytes), called: `${name} (decompressed)` };
}

function readerFor(window: FileWindow, name: string, interfaceName: string): CaptureReader {
  if (!window.refill(4) && window.source.truncation !== undefined) throw window.source.truncation;
  if (window.available < 4)
    throw formatFault(name, window.available === 0 ? "it is empty" : "it has less than 4 bytes");
  const magic = window.view.getUint32(0, true);
  if (magic === BLOCK_SECTION_HEADER) return new PcapngReader(window, name);
  if (isPcapMagic(magic) || isPcapMagic(window.view.getUint32(0, false))) {
    if (window.refill(PCAP_HEADER_BYTES)) return new PcapReader(window, name, interfaceName);
    throw damageAt(
      name,
      window.available,
      `its header has ${window.available} of ${PCAP_HEADER_BYTES} bytes`,
    );
  }
  throw formatFault(name, foreign(window.bytes.subarray(0, 4)));
}

/** Formats that people mistake for ours, by the first bytes in hexadecimal. */
function foreign(bytes: Uint8Array): string {
  const first = Buffer.from(bytes).toString("hex");
  if (first.startsWith("425a68")) return "it is compressed with bzip2: decompress it first";
  if (first === "fd377a58") return "it is compressed with xz: decompress it first";
  if (first === "34cdb2a1" || first === "a1b2cd34")
    return "it is in the pcap variant of Linux 2.1, which is not read";
  return `it begins with the bytes ${first}`;
}

function formatFault(name: string, why: string): Fault {
  return new Fault({
    code: "CAPTURE_FILE_FORMAT",
    message: `The file ${name} is no pcap or pcapng capture: ${why}.`,
  });
}
