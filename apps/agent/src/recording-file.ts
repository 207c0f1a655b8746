import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Fault, systemCode } from "@hopline/fault";

/** A file that a recording is written to, made anew. */
export class RecordingFile {
  readonly #path: string;
  readonly #what: string;
  readonly #file: number;

  /**
   * @param what is recorded, as a sentence begins: "Frames"
   * @throws Fault `RECORD_UNWRITABLE`
   */
  constructor(path: string, what: string) {
    this.#path = path;
    this.#what = what;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#file = openSync(path, "w");
    } catch (thrown) {
      throw this.#fault(thrown);
    }
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (thrown) {
      throw this.#fault(thrown);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #fault(thrown: unknown): Fault {
    return new Fault({
      code: "RECORD_UNWRITABLE",
      message: `${this.#what} cannot be recorded in ${this.#path}: ${systemCode(thrown) ?? "unknown error"}.`,
      hint: "Give --record a folder that can be written and has room.",
      cause: thrown,
    });
  }
}
