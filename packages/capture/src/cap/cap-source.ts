import { closeSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Fault, type FaultDetails, systemCode } from "@hopline/fault";
import type { CapturedInterface, CaptureStatistics, FrameBlock, FrameSource } from "../frame-source.js";
import { kernelInterfaces, namedInterfaces, watchable } from "../kernel-interfaces.js";
import { Warnings } from "../warnings.js";
import {
  MESSAGE_FAULT,
  MESSAGE_FRAMES,
  MESSAGE_HELLO,
  MESSAGE_WARNING,
  MessageRows,
  readHeader,
  readJson,
} from "./cap-message.js";
import { type FifoProcess, spawnFifoProcess } from "./fifo-process.js";

const PROCESS_FILE = fileURLToPath(new URL("./cap-process.js", import.meta.url));
/** Two libpcap handles each. */
const MOST_INTERFACES = 256;
/** A process that dies this often, each time sooner than {@link STABLE_MS}, will not do better the next time. */
const MOST_RESTARTS = 5;
const STABLE_MS = 2000;

/**
 * libpcap behind a process (cap-process.ts). That process writes at least every 20 ms, so that reading its pipe is a
 * wait with an end, in a thread without an event loop: `poll` may take so much longer than asked.
 */
export class CapSource implements FrameSource {
  readonly kind = "cap";
  interfaces: readonly CapturedInterface[] = [];

  readonly #snapLength: number;
  readonly #rows = new MessageRows();
  readonly #warnings = new Warnings();
  #process: FifoProcess | undefined;
  #orderPending = false;
  #delivered = 0;
  #restarts = 0;
  #quickDeaths = 0;
  #startedMs = 0;
  #closed = false;

  /** Starts the process, and returns when it has loaded libpcap. @throws Fault `CAPTURE_NO_CAP` or `CAPTURE_CAP_FAILED` */
  constructor(snapLength: number, interfaceIndexes: readonly number[]) {
    this.#snapLength = snapLength;
    this.watch(interfaceIndexes);
    this.#start();
  }

  get warnings(): readonly Fault[] {
    return this.#warnings.list;
  }

  poll(timeoutMs: number, consume: (block: FrameBlock) => void): number {
    const deadlineMs = performance.now() + timeoutMs;
    while (!this.#closed) {
      const frames = this.#receive();
      if (frames > 0) {
        this.#delivered += frames;
        consume(this.#rows);
        return frames;
      }
      if (performance.now() >= deadlineMs) return 0;
    }
    return -1;
  }

  statistics(): CaptureStatistics {
    return {
      delivered: this.#delivered,
      dropped: 0,
      dropsKnown: false,
      freezes: 0,
      restarts: this.#restarts,
    };
  }

  /** Takes effect with the next `poll`. @throws Fault `CAPTURE_FILTER_TOO_LONG` beyond 256 interfaces */
  watch(interfaceIndexes: readonly number[]): void {
    const indexes = watchable(interfaceIndexes);
    if (indexes.length > MOST_INTERFACES) {
      throw new Fault({
        code: "CAPTURE_FILTER_TOO_LONG",
        message: `Watching ${indexes.length} interfaces by cap: ${MOST_INTERFACES} is the most.`,
        hint: "Watch fewer interfaces on this node, or capture with the packet ring.",
      });
    }
    this.interfaces = namedInterfaces(indexes);
    this.#orderPending = true;
  }

  sample(): boolean {
    return false;
  }

  focus(): boolean {
    return false;
  }

  /** Returns when the process has ended. */
  close(): void {
    this.#closed = true;
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined) return;
    process.child.kill("SIGKILL");
    closeSync(process.input);
    while (readHeader(process.output) !== undefined);
    closeSync(process.output);
  }

  #start(): void {
    this.#startedMs = performance.now();
    this.#process = spawnFifoProcess(PROCESS_FILE, [String(this.#snapLength)]);
    this.#orderPending = true;
    const hello = readHeader(this.#process.output);
    if (hello?.kind === MESSAGE_HELLO) {
      this.#order(this.#process);
      return;
    }
    const details = hello?.kind === MESSAGE_FAULT ? readJson(this.#process.output, hello) : undefined;
    this.close();
    throw new Fault(details === undefined ? failed("does not start") : (details as FaultDetails));
  }

  /** One message of the process: frames in it, or 0. */
  #receive(): number {
    const process = this.#process;
    if (process === undefined) return 0;
    if (this.#orderPending) this.#order(process);
    const header = readHeader(process.output);
    if (header === undefined) return this.#restart(process);
    if (header.kind === MESSAGE_WARNING) {
      const details = readJson(process.output, header);
      if (details !== undefined) this.#warnings.add(new Fault(details as FaultDetails));
      return 0;
    }
    if (header.kind !== MESSAGE_FRAMES || !this.#rows.read(process.output, header)) return 0;
    return this.#rows.count;
  }

  /** Only what exists is asked for: a device that is gone would end the process again. */
  #order(process: FifoProcess): void {
    const existing = new Set(kernelInterfaces().map(({ index }) => index));
    const wanted = this.interfaces.filter(({ index }) => existing.has(index));
    try {
      writeSync(process.input, `${JSON.stringify(wanted)}\n`);
      this.#orderPending = false;
    } catch (thrown) {
      if (systemCode(thrown) !== "EPIPE") throw thrown; // Reading from it tells that it is gone.
    }
  }

  #restart(dead: FifoProcess): number {
    closeSync(dead.input);
    closeSync(dead.output);
    this.#process = undefined;
    this.#quickDeaths = performance.now() - this.#startedMs < STABLE_MS ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths > MOST_RESTARTS) {
      this.#closed = true;
      throw new Fault(failed(`ended ${this.#quickDeaths} times in a row`));
    }
    this.#restarts++;
    this.#warnings.add(
      new Fault({
        code: "CAPTURE_CAP_RESTARTED",
        message:
          "libpcap's process ended, as it does when a device goes away, and was started again; what passed meanwhile was not captured.",
      }),
    );
    this.#start();
    return 0;
  }
}

function failed(what: string): FaultDetails {
  return {
    code: "CAPTURE_CAP_FAILED",
    message: `libpcap's process ${what}.`,
    hint: "Capture with the packet ring, which is the default.",
  };
}
