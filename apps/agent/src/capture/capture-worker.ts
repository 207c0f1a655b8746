import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { transferable } from "@hopline/flow";
import { CaptureLoop } from "./capture-loop.js";
import { threadCpuUs } from "./thread-cpu.js";
import type { CaptureOrder, WorkerCommand, WorkerMessage } from "./worker-messages.js";

/** What the main thread gives this one at its start. */
export interface CaptureWorkerData {
  readonly order: CaptureOrder;
  readonly hashSeed: number;
  readonly port: MessagePort;
}

const { order, hashSeed, port } = workerData as CaptureWorkerData;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

new CaptureLoop({
  order,
  hashSeed,
  clock: {
    nowUs: () => Date.now() * 1000 + (order.clockOffsetUs ?? 0),
    sleepMs: (durationMs) => void Atomics.wait(sleeper, 0, 0, durationMs),
  },
  cpuUs: threadCpuUs,
  receive: () => receiveMessageOnPort(port)?.message as WorkerCommand | undefined,
  send: (message: WorkerMessage) => {
    const rows = message.kind === "report" ? message.rows : undefined;
    port.postMessage(message, rows === undefined ? [] : [transferable(rows)]);
  },
}).run();
port.close();
