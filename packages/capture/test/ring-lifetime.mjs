/** Ways for a ring to end, to be run in a network namespace with traffic on INDEX: `ring-lifetime.mjs INDEX`. Prints one JSON line. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { openRing } from "../dist/index.js";

const index = Number(isMainThread ? process.argv[2] : workerData);
const open = () => openRing({ interfaceIndexes: [index], blockBytes: 65_536, blockCount: 8 });

if (isMainThread) {
  const inWorker = await endWorker();
  const closing = open();
  let handedOver = 0;
  while (handedOver === 0) handedOver = closing.poll(1000, () => closing.close());
  const throwing = open();
  const thrown = [];
  while (thrown.length < 20) {
    try {
      throwing.poll(1000, () => {
        throw new Error("consumer");
      });
    } catch (error) {
      thrown.push(error.message);
    }
  }
  throwing.close();
  process.stdout.write(
    `${JSON.stringify({
      inWorker,
      afterClosingInside: closing.poll(0, () => {}),
      thrown: new Set(thrown).size,
      sockets: sockets(),
    })}\n`,
  );
} else {
  const source = open();
  parentPort.postMessage("open");
  (function loop() {
    source.poll(50, () => {});
    setImmediate(loop);
  })();
}

/** Sockets while a worker captures, and after it was ended without close(). */
async function endWorker() {
  const worker = new Worker(new URL(import.meta.url), { workerData: index });
  await new Promise((resolve) => worker.once("message", resolve));
  const during = sockets();
  await worker.terminate();
  for (let i = 0; i < 100 && sockets() > 0; i++) await sleep(20);
  return [during, sockets()];
}

function sockets() {
  return readFileSync("/proc/net/packet", "latin1").trim().split("\n").length - 1;
}
