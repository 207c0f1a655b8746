import type { ELK } from "elkjs/lib/elk-api";

/** An ELK engine in a web worker of its own; loaded when the first layout is due. */
export async function createElkInWorker(): Promise<ELK> {
  const { default: Elk } = await import("elkjs/lib/elk-api");
  return new Elk({
    workerFactory: () => new Worker(new URL("./elk-worker.ts", import.meta.url), { type: "module" }),
  });
}
