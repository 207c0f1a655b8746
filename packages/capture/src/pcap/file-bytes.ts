import { fstatSync, readSync } from "node:fs";
import { describe, Fault, systemCode } from "@hopline/fault";
import type { ByteSource, FilePosition } from "./byte-source.js";

/** How long to wait where a file descriptor does not block and has nothing yet. */
const RETRY_MS = 10;

/** What an open file, or a pipe, holds. */
export class FileBytes implements ByteSource {
  readonly truncation = undefined;
  readonly #fd: number;
  readonly #name: string;
  readonly #totalBytes: number | undefined;
  #readBytes = 0;

  /**
   * @param name what to call the file in messages
   * @throws Fault `CAPTURE_FILE_UNREADABLE`
   */
  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.#name = name;
    this.#totalBytes = sizeOf(fd, name);
  }

  get position(): FilePosition {
    return { readBytes: this.#readBytes, totalBytes: this.#totalBytes };
  }

  read(into: Uint8Array, offset: number): number {
    for (;;) {
      try {
        const read = readSync(this.#fd, into, offset, into.length - offset, null);
        this.#readBytes += read;
        return read;
      } catch (thrown) {
        if (systemCode(thrown) !== "EAGAIN") throw unreadable(this.#name, thrown);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}

function sizeOf(fd: number, name: string): number | undefined {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() ? stat.size : undefined;
  } catch (thrown) {
    throw unreadable(name, thrown);
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
