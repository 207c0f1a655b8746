import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@hopline/fault";
import type { Problem } from "@hopline/policy";
import type { ApiClient } from "../api-client.js";
import { Pipeline, webAnswers } from "../demo/pipeline.js";
import { RunFolder } from "../demo/run-folder.js";
import { captureCluster } from "./capture-cluster.js";
import type { CaptureInput } from "./capture-inputs.js";
import { readDumps } from "./dumped-cluster.js";
import { type FileReport, fileReportSchema } from "./file-report.js";
import { findOutCaptures, type OfflineCapture } from "./offline-capture.js";
import { ReadingProgress } from "./reading-progress.js";
import { writeUnnamedCluster } from "./unnamed-cluster.js";

export interface AnalysisOptions {
  /** One a node, as the user gave them. */
  readonly inputs: readonly CaptureInput[];
  /** Dumps of the cluster's objects; without one, addresses have no names. */
  readonly dumps: readonly string[];
  /** Ports on 127.0.0.1 for the web UI and its API; without them only this process can ask. */
  readonly ports?: { readonly web: number; readonly api: number };
  /** Aborted when the user wants no more. */
  readonly signal: AbortSignal;
  /** Whether to say on standard error how far reading is. */
  readonly showProgress: boolean;
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Captures read through the real pipeline: an agent for each file, a collector over the dump, and their store in a
 * temporary folder. Call {@link stop} whatever happens.
 */
export class Analysis {
  readonly #options: AnalysisOptions;
  readonly #folder: RunFolder;
  readonly #pipeline: Pipeline;
  #policyProblems: readonly Problem[] = [];
  #failed: (fault: Fault) => void = () => undefined;
  readonly #failure: Promise<never>;

  constructor(options: AnalysisOptions) {
    this.#options = options;
    this.#failure = new Promise((_, reject) => {
      this.#failed = reject;
    });
    // Whoever waits for something races against it; before and after, nobody needs to hear of it.
    this.#failure.catch(() => undefined);
    this.#folder = new RunFolder("offline");
    this.#pipeline = new Pipeline({
      folder: this.#folder,
      onLost: (fault) => this.#failed(fault),
      ...(options.ports !== undefined && { apiPort: options.ports.api }),
    });
    options.signal.addEventListener("abort", () => this.#failed(interrupted()));
  }

  get api(): ApiClient {
    return this.#pipeline.api;
  }

  /**
   * Looks into the files before anything is started.
   *
   * @throws Fault for files that cannot be read, are no captures, no dump, or two of one node
   */
  async findOut(): Promise<OfflineCapture[]> {
    const { inputs, dumps } = this.#options;
    const cluster = readDumps(dumps);
    this.#policyProblems = cluster.problems;
    return findOutCaptures(inputs, cluster, this.#folder.folder("descriptions"));
  }

  /** Policies of the dumps that cannot be read, once {@link findOut} has. The others judge. */
  get policyProblems(): readonly Problem[] {
    return this.#policyProblems;
  }

  /** Whether ends have names: those of the dumps. */
  get hasNames(): boolean {
    return this.#options.dumps.length > 0;
  }

  /** Reads all captures to their ends, and returns when all of them is stored. @throws Fault */
  async read(captures: readonly OfflineCapture[]): Promise<FileReport[]> {
    const { ports } = this.#options;
    const cluster = await captureCluster(captures, this.#dumps(captures));
    if (ports !== undefined) this.#pipeline.startWeb(ports.web);
    this.#pipeline.startCollector(cluster);
    await Promise.race([this.#untilReady(), this.#failure]);
    const progress = this.#options.showProgress
      ? new ReadingProgress(captures, cluster.metricsAddresses)
      : undefined;
    try {
      return (await Promise.race([this.#readAll(cluster.round()), this.#failure])).map(whole);
    } finally {
      progress?.stop();
    }
  }

  /** Returns when the web UI answers. @throws Fault */
  async untilWebAnswers(url: string): Promise<void> {
    await Promise.race([this.#poll("the web UI answers", () => webAnswers(url)), this.#failure]);
  }

  /** Settles when the user wants no more, or a process is lost. @throws Fault `APP_LOST` */
  async untilInterrupted(): Promise<void> {
    try {
      await this.#failure;
    } catch (thrown) {
      if (!isInterruption(thrown)) throw thrown;
    }
  }

  /** Ends all processes and removes what they have on disk. */
  async stop(): Promise<void> {
    await this.#pipeline.stop();
    this.#folder.remove();
  }

  #dumps(captures: readonly OfflineCapture[]): readonly string[] {
    const { dumps } = this.#options;
    if (dumps.length > 0) return dumps;
    const path = join(this.#folder.path, "unnamed-cluster.json");
    writeUnnamedCluster(path, captures);
    return [path];
  }

  #untilReady(): Promise<void> {
    return this.#poll("the collector is ready", () => this.api.isReady());
  }

  #readAll(agents: Parameters<Pipeline["startAgents"]>[0]): Promise<FileReport[]> {
    return new Promise((resolve) => {
      const reports: FileReport[] = [];
      let allDone = false;
      const look = (): void => {
        if (allDone && reports.length === agents.length) resolve(reports);
      };
      const processes = this.#pipeline.startAgents(agents, () => {
        allDone = true;
        look();
      });
      for (const { stdout } of processes) {
        createInterface({ input: stdout }).on("line", (line) => {
          reports.push(fileReportSchema.parse(JSON.parse(line)));
          look();
        });
      }
    });
  }

  async #poll(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await isSo())) {
      if (this.#options.signal.aborted) return;
      if (Date.now() > deadline) {
        throw new Fault({
          code: "ANALYSIS_NOT_READY",
          message: `It took more than ${READY_TIMEOUT_MS / 1000} s until ${what}.`,
          hint: "Try again when this machine has less to do.",
        });
      }
      await sleep(50);
    }
  }
}

/** @throws Fault where rows of a capture are missing: figures without them would be wrong */
function whole(report: FileReport): FileReport {
  if (report.refusedBatches === 0) return report;
  throw new Fault({
    code: "ANALYSIS_INCOMPLETE",
    message: `${report.refusedBatches} batches of rows of ${report.file} could not be stored: ${report.refusals[0] ?? "nobody said why"}`,
  });
}

function interrupted(): Fault {
  return new Fault({ code: "INTERRUPTED", message: "Stopped before the captures were read." });
}

/** Whether something ended because the user wanted it to. */
export function isInterruption(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === "INTERRUPTED";
}
