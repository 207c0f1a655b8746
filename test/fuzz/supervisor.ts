import { Worker } from "node:worker_threads";
import { describe } from "@hopline/fault";
import { Progress } from "./progress.js";
import { type Regression, saveRegression } from "./regressions.js";
import type { TargetSummary, WorkerMessage, WorkerOptions } from "./worker.js";

export interface SupervisorOptions {
  /** The fuzzing thread: worker.js. */
  readonly workerUrl: URL;
  /** Names of all targets, in the order in which the thread numbers them. */
  readonly allTargets: readonly string[];
  /** Names of those to run. */
  readonly targets: readonly string[];
  readonly seed: number;
  readonly seconds: number;
  /** Where findings are saved. */
  readonly folder: string;
  /** A case that takes longer hangs. */
  readonly hangMs: number;
  /** Resident memory of the process above this is a finding. */
  readonly largestRssBytes: number;
  /** Called with the path of each finding that is saved. */
  readonly onFinding: (finding: Regression, path: string) => void;
}

const LOOK_MS = 250;
/** Of JavaScript objects in the fuzzing thread; typed arrays are outside of it. */
const HEAP_MB = 512;
/** A broken promise is broken by thousands of cases: some are enough. */
const MOST_FINDINGS = 20;

/**
 * Runs the fuzzing thread and watches it from outside: a case that hangs, eats memory or kills the thread is a finding too.
 *
 * @throws what the thread threw between two cases: an error of its own
 */
export async function fuzz(options: SupervisorOptions): Promise<readonly TargetSummary[]> {
  const { targets, seed, seconds, folder, onFinding } = options;
  const progress = new Progress();
  const workerData: WorkerOptions = {
    memory: progress.memory,
    targets,
    seed,
    untilMs: Date.now() + seconds * 1000,
  };
  const worker = new Worker(options.workerUrl, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let findings = 0;
  const found = (finding: Regression): void => {
    findings++;
    onFinding(finding, saveRegression(folder, finding));
  };
  return await new Promise((resolve, reject) => {
    let summaries: readonly TargetSummary[] = [];
    let isDone = false;
    const watching = setInterval(watcher(progress, options, stopFor), LOOK_MS);
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "finding") {
        if (findings < MOST_FINDINGS) found(message);
        return;
      }
      summaries = message.summaries;
      isDone = true;
    });
    worker.on("error", (thrown) => {
      if (progress.current() === undefined) reject(thrown);
      else stopFor(`the thread died: ${describe(thrown)}`);
    });
    worker.on("exit", () => {
      clearInterval(watching);
      resolve(summaries);
    });

    function stopFor(reason: string): void {
      const current = progress.current();
      if (isDone || current === undefined) return;
      isDone = true;
      found({
        target: options.allTargets[current.targetIndex] ?? "none",
        finding: reason,
        input: current.input,
      });
      void worker.terminate();
    }
  });
}

/** Looks whether cases go on ending, and what memory they take. */
function watcher(
  progress: Progress,
  { hangMs, largestRssBytes }: SupervisorOptions,
  stopFor: (reason: string) => void,
): () => void {
  let lastCases = progress.cases;
  let since = Date.now();
  return () => {
    const { cases } = progress;
    if (cases !== lastCases || cases === 0) {
      lastCases = cases;
      since = Date.now();
    } else if (Date.now() - since > hangMs) stopFor(`the case did not end in ${hangMs} ms`);
    const rss = process.memoryUsage.rss();
    if (rss > largestRssBytes) stopFor(`the process takes ${Math.round(rss / 2 ** 20)} MiB of memory`);
  };
}
