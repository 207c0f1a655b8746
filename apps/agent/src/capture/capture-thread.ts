import { MessageChannel, Worker } from "node:worker_threads";
import type { FocusTuple } from "@hopline/capture";
import { describe, Fault } from "@hopline/fault";
import type { CaptureWorkerData } from "./capture-worker.js";
import type { CaptureOrder, CaptureReport, WorkerCommand, WorkerMessage } from "./worker-messages.js";

export interface CaptureThreadOptions {
  readonly order: CaptureOrder;
  readonly hashSeed: number;
  readonly onReport: (report: CaptureReport) => void;
  readonly onWarning: (fault: Fault) => void;
  /** Once: after the last report. A Fault where the source failed. */
  readonly onEnd: (fault: Fault | undefined) => void;
}

const STOP_TIMEOUT_MS = 5000;

/** The capture thread, seen from the main thread. */
export class CaptureThread {
  readonly #options: CaptureThreadOptions;
  readonly #channel = new MessageChannel();
  #worker: Worker | undefined;
  #ended = false;
  #markEnded: () => void = () => undefined;
  readonly #untilEnded: Promise<void>;

  constructor(options: CaptureThreadOptions) {
    this.#options = options;
    this.#untilEnded = new Promise((resolve) => {
      this.#markEnded = resolve;
    });
  }

  /**
   * @returns when the source is open: what is added to every frame's time, in microseconds.
   * @throws Fault where the source cannot be opened
   */
  async start(): Promise<number> {
    const { order, hashSeed } = this.#options;
    const { port1: near, port2: far } = this.#channel;
    const data: CaptureWorkerData = { order, hashSeed, port: far };
    const worker = new Worker(new URL("./capture-worker.js", import.meta.url), {
      workerData: data,
      transferList: [far],
      name: "capture",
    });
    this.#worker = worker;
    return await new Promise<number>((resolve, reject) => {
      let opened = false;
      const end = (fault: Fault | undefined): void => {
        if (this.#ended) return;
        this.#ended = true;
        this.#markEnded();
        if (!opened) {
          reject(fault ?? new Fault({ code: "CAPTURE_ENDED", message: "Capturing ended before it began." }));
        } else this.#options.onEnd(fault);
      };
      near.on("message", (message: WorkerMessage) => {
        if (message.kind === "opened") {
          opened = true;
          resolve(message.shiftUs);
        } else if (message.kind === "report") this.#options.onReport(message);
        else if (message.kind === "warning") this.#options.onWarning(new Fault(message.fault));
        else end(message.fault === undefined ? undefined : new Fault(message.fault));
      });
      worker.on("error", (thrown) => end(threadFault(thrown)));
      // The thread's own end overtakes messages that are still on their way; the channel's does not.
      near.on("close", () => end(threadFault("it ended without a word")));
    });
  }

  /** Which kernel interfaces to capture from now on: these, and all that are newer than the newest that is known. */
  watch(interfaceIndexes: readonly number[], newestKnown: number): void {
    this.#tell({ kind: "watch", interfaceIndexes, newestKnown });
  }

  /** Which connections to capture at further interfaces from now on. */
  focus(tuples: readonly FocusTuple[], interfaceIndexes: readonly number[]): void {
    this.#tell({ kind: "focus", tuples, interfaceIndexes });
  }

  /** Settles after the last report has been handed over. */
  async stop(): Promise<void> {
    this.#tell({ kind: "stop" });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_TIMEOUT_MS);
    });
    if (this.#worker !== undefined) await Promise.race([this.#untilEnded, timeout]);
    clearTimeout(timer);
    await this.#worker?.terminate();
    this.#channel.port1.close();
  }

  #tell(command: WorkerCommand): void {
    if (!this.#ended) this.#channel.port1.postMessage(command);
  }
}

function threadFault(thrown: unknown): Fault {
  return new Fault({
    code: "CAPTURE_THREAD_FAILED",
    message: `The capture thread failed: ${describe(thrown)}.`,
    cause: thrown,
  });
}
