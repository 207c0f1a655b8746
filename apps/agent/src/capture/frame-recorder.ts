import { type FrameBlock, type FrameSource, kernelInterfaces, PcapngWriter } from "@hopline/capture";
import { RecordingFile } from "../recording-file.js";

/** Writes what a live source hands over into a pcapng file, with interface names and directions, to be replayed. */
export class FrameRecorder {
  readonly #file: RecordingFile;
  readonly #writer: PcapngWriter;
  /** Numbers in the file, by kernel index. */
  readonly #ids = new Map<number, number>();

  /** @throws Fault `RECORD_UNWRITABLE` */
  constructor(path: string) {
    this.#file = new RecordingFile(path, "Frames");
    this.#writer = new PcapngWriter((bytes) => this.#file.write(bytes));
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  record(block: FrameBlock, source: FrameSource): void {
    this.#writer.writeBlock(block, (index) => this.#idOf(index, source, block.linkType));
  }

  close(): void {
    this.#writer.flush();
    this.#file.close();
  }

  #idOf(index: number, source: FrameSource, linkType: number): number {
    let id = this.#ids.get(index);
    if (id === undefined) {
      const isIt = (one: { readonly index: number }) => one.index === index;
      // The ring captures interfaces that are newer than those that it was told of.
      const known = source.interfaces.find(isIt) ?? kernelInterfaces().find(isIt);
      const name = known?.name ?? `if${index}`;
      id = this.#writer.addInterface({ name, linkType });
      this.#ids.set(index, id);
    }
    return id;
  }
}
