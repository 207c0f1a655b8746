// A fuzzing thread that goes wrong, as `workerData.targets[0]` says. It lays out its memory as progress.ts does.
import { parentPort, workerData } from "node:worker_threads";

const { memory, targets } = workerData;
const words = new Int32Array(memory, 0, 4);
new Uint8Array(memory, 16).set([1, 2, 3]);
words.set([1, 0, 3, 1]);

switch (targets[0]) {
  case "hang":
    for (;;);
  case "throw":
    throw new RangeError("index out of range");
  case "memory": {
    const kept = [];
    for (;;) {
      kept.push(new Uint8Array(2 ** 23).fill(1));
      // Not so fast that it takes far more than it has to before it is seen.
      Atomics.wait(words, 1, words[1], 20);
    }
  }
  case "findings":
    for (let i = 0; i < 100; i++)
      parentPort.postMessage({
        kind: "finding",
        target: "findings",
        finding: "a promise",
        input: Uint8Array.of(i),
      });
    words[3] = 0;
    parentPort.postMessage({ kind: "done", summaries: [] });
    break;
  case "own error":
    words[3] = 0;
    throw new Error("not made");
}
