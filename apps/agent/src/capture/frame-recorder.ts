import { closeSync, openSync, writeSync } from "node:fs";
import { type FrameBlock, type FrameSource, PcapngWriter } from "@hopline/capture";
import { Fault, systemCode } from "@hopline/fault";

/** Writes what a live source hands over into a pcapng file, with interface names and directions, to be replayed. */
export class FrameRecorder {
  readonly #path: string;
  readonly #file: number;
  readonly #writer: PcapngWriter;
  /** Numbers in the file, by kernel index. */
  readonly #ids = new Map<number, number>();

  /** @throws Fault `RECORD_UNWRITABLE` */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, "w");
    } catch (thrown) {
      throw this.#fault(thrown);
    }
    this.#writer = new PcapngWriter((bytes) => this.#write(bytes));
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  record(block: FrameBlock, source: FrameSource): void {
    this.#writer.writeBlock(block, (index) => this.#idOf(index, source, block.linkType));
  }

  close(): void {
    this.#writer.flush();
    closeSync(this.#file);
  }

  #idOf(index: number, source: FrameSource, linkType: number): number {
    let id = this.#ids.get(index);
    if (id === undefined) {
      const name = source.interfaces.find((one) => one.index === index)?.name ?? `if${index}`;
      id = this.#writer.addInterface({ name, linkType });
      this.#ids.set(index, id);
    }
    return id;
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (thrown) {
      throw this.#fault(thrown);
    }
  }

  #fault(thrown: unknown): Fault {
    return new Fault({
      code: "RECORD_UNWRITABLE",
      message: `Frames cannot be recorded in ${this.#path}: ${systemCode(thrown) ?? "unknown error"}.`,
      hint: "Give --record a folder that can be written and has room.",
      cause: thrown,
    });
  }
}
