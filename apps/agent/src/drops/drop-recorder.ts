import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { LINKTYPE_NFLOG, type LoggedPacket, PcapngWriter } from "@hopline/capture";
import { Fault, systemCode } from "@hopline/fault";

/** Writes what rules have logged into a pcapng file, an interface for each group, to be replayed or opened elsewhere. */
export class DropRecorder {
  readonly #path: string;
  readonly #writer = new PcapngWriter((bytes) => this.#write(bytes));
  /** Numbers in the file, by group. */
  readonly #ids = new Map<number, number>();
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  start(): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#file = openSync(this.#path, "w");
    } catch (thrown) {
      throw this.#fault(thrown);
    }
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
    closeSync(this.#file);
    this.#file = undefined;
  }

  #write(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (thrown) {
      throw this.#fault(thrown);
    }
  }

  #fault(thrown: unknown): Fault {
    return new Fault({
      code: "RECORD_UNWRITABLE",
      message: `What rules log cannot be recorded in ${this.#path}: ${systemCode(thrown) ?? "unknown error"}.`,
      hint: "Give --record a folder that can be written and has room.",
      cause: thrown,
    });
  }
}
