import { closeSync, openSync } from "node:fs";
import { Fault } from "@hopline/fault";
import type { CaptureReader } from "./capture-reader.js";
import { damageAt } from "./damage.js";
import { FileWindow, unreadable } from "./file-window.js";
import { PcapFileSource } from "./pcap-file-source.js";
import { isPcapMagic, PCAP_HEADER_BYTES, PcapReader } from "./pcap-reader.js";
import { BLOCK_SECTION_HEADER } from "./pcapng-format.js";
import { PcapngReader } from "./pcapng-reader.js";

export interface PcapFileOptions {
  /** What to call the one interface of a classic pcap file, which has no name of its own. Default: `if0`. */
  readonly interfaceName?: string;
  /** What to call the file in messages. Default: its path, or `fd <n>`. */
  readonly name?: string;
}

/**
 * Opens a pcap or pcapng file, told apart by content. Also reads from a pipe, then blocking until the writer writes.
 *
 * @param file a path, or an open file descriptor at the file's beginning, which stays the caller's to close
 * @throws Fault `CAPTURE_FILE_UNREADABLE`, `CAPTURE_FILE_FORMAT` (not a capture file, or compressed) or `CAPTURE_FILE_DAMAGED`
 */
export function openPcapFile(file: string | number, options: PcapFileOptions = {}): PcapFileSource {
  const name = options.name ?? (typeof file === "string" ? file : `fd ${file}`);
  const fd = typeof file === "string" ? open(file, name) : file;
  const close = (): void => {
    if (typeof file === "string") closeSync(fd);
  };
  try {
    const window = new FileWindow(fd, name);
    return new PcapFileSource(window, readerFor(window, name, options.interfaceName ?? "if0"), name, close);
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

function readerFor(window: FileWindow, name: string, interfaceName: string): CaptureReader {
  if (!window.refill(4))
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
  if (first.startsWith("1f8b")) return "it is compressed with gzip: decompress it first";
  if (first === "28b52ffd") return "it is compressed with zstd: decompress it first";
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
