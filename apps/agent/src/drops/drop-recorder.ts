import { LINKTYPE_NFLOG, type LoggedPacket, PcapngWriter } from "@hopline/capture";
import { RecordingFile } from "../recording-file.js";

/** Writes what rules have logged into a pcapng file, an interface for each group, to be replayed or opened elsewhere. */
export class DropRecorder {
  readonly #path: string;
  readonly #writer = new PcapngWriter((bytes) => this.#file?.write(bytes));
  /** Numbers in the file, by group. */
  readonly #ids = new Map<number, number>();
  #file: RecordingFile | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  start(): void {
    this.#file = new RecordingFile(this.#path, "What rules log");
    this.flush();
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  record({ group, message }: LoggedPacket, timeUs: number): void {
    if (this.#file === undefined) return;
    let interfaceId = this.#ids.get(group);
    if (interfaceId === undefined) {
      interfaceId = this.#writer.addInterface({ name: `nflog:${group}`, linkType: LINKTYPE_NFLOG });
      this.#ids.set(group, interfaceId);
    }
    this.#writer.writeFrame({ interfaceId, timeUs, bytes: message });
  }

  /** What was recorded is in the file, also where the agent is killed later. */
  flush(): void {
    this.#writer.flush();
  }

  close(): void {
    if (this.#file === undefined) return;
    this.flush();
    this.#file.close();
    this.#file = undefined;
  }
}
