import { setTimeout as sleep } from "node:timers/promises";
import { PATHS, type Summary, summarySchema } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Cluster } from "./cluster.js";
import { availablePort } from "./free-port.js";
import { startLabCluster } from "./lab-cluster.js";
import { Pipeline, webAnswers } from "./pipeline.js";
import { replayCluster } from "./replay-cluster.js";
import { RunFolder } from "./run-folder.js";
import { say, step } from "./steps.js";

export interface DemoOptions {
  readonly for?: number;
  readonly json?: true;
  readonly port: number;
  readonly apiPort: number;
  readonly nodes: number;
  readonly rate: number;
  readonly name: string;
  readonly replay?: true;
}

const READY_TIMEOUT_MS = 60_000;
/** Time for the last windows to be closed, sent and stored before the summary is asked for. */
const SETTLE_MS = 2500;

/** Runs the demo until `--for` is over, a signal comes, or a part of it is lost; then leaves nothing behind. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const asked = new AbortController();
  const stopAsked = new Promise<void>((resolve) => asked.signal.addEventListener("abort", () => resolve()));
  process.on("SIGINT", () => asked.abort());
  process.on("SIGTERM", () => asked.abort());
  let lost: Fault | undefined;
  const onLost = (fault: Fault): void => {
    lost ??= fault;
    asked.abort();
  };

  const startedAt = Date.now();
  const ports = {
    web: await availablePort(options.port, "--port"),
    api: await availablePort(options.apiPort, "--api-port"),
  };
  const demo = new Demo(options, ports, onLost);
  try {
    await Promise.race([demo.start(), stopAsked]);
    if (!asked.signal.aborted) {
      say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
      process.stderr.write(
        `\n  Hopline  http://127.0.0.1:${ports.web}\n  API      http://127.0.0.1:${ports.api}/api/v1/openapi.json\n\n`,
      );
      say(
        options.for === undefined ? "Ctrl-C stops it and removes all of it" : `stops after ${options.for} s`,
      );
      await Promise.race([
        stopAsked,
        ...(options.for === undefined
          ? []
          : [sleep(options.for * 1000, undefined, { signal: asked.signal }).catch(() => {})]),
      ]);
    }
    if (lost !== undefined) throw lost;
    if (options.json === true) process.stdout.write(`${JSON.stringify(await demo.summary(startedAt))}\n`);
  } finally {
    await step("stopping", () => demo.stop());
  }
}

/** The processes of a demo, from the cluster to the UI. */
class Demo {
  readonly #options: DemoOptions;
  readonly #ports: { readonly web: number; readonly api: number };
  readonly #onLost: (fault: Fault) => void;
  readonly #folder = new RunFolder("demo");
  readonly #pipeline: Pipeline;
  #cluster: Cluster | undefined;
  #starting: Promise<void> | undefined;
  #stopped = false;

  constructor(options: DemoOptions, ports: { web: number; api: number }, onLost: (fault: Fault) => void) {
    this.#options = options;
    this.#ports = ports;
    this.#onLost = onLost;
    this.#pipeline = new Pipeline({ folder: this.#folder, apiPort: ports.api, onLost });
  }

  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    this.#pipeline.startWeb(this.#ports.web);
    this.#cluster = await this.#startCluster();
    if (this.#stopped) return;
    this.#pipeline.startCollector(this.#cluster);
    this.#startRound(this.#cluster);
    await step("collector, agents and web UI", () => this.#untilReady());
  }

  #startRound(cluster: Cluster): void {
    const next = (): void => {
      if (!this.#stopped) this.#startRound(cluster);
    };
    this.#pipeline.startAgents(cluster.round(), cluster.repeats ? next : undefined);
  }

  async #startCluster(): Promise<Cluster> {
    const why = this.#whyReplay();
    if (why !== undefined) {
      say(
        `${why}: replaying captures taken on both nodes of such a cluster, through the same agents, collector and UI`,
      );
      return replayCluster();
    }
    const { name, nodes, rate } = this.#options;
    const runDir = this.#folder.folder("lab");
    const defaults = { logDir: this.#folder.folder("logs"), onLost: this.#onLost };
    return step(`a cluster of ${nodes} nodes in this kernel`, () =>
      startLabCluster({ name, nodes, rate, runDir }, defaults),
    );
  }

  #whyReplay(): string | undefined {
    if (this.#options.replay === true) return "as asked";
    if (process.platform !== "linux")
      return `this is ${process.platform}, not Linux, so no cluster can be built here`;
    if (process.getuid?.() !== 0) return "this is not root, so no cluster can be built here";
    return undefined;
  }

  async #untilReady(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    const web = `http://127.0.0.1:${this.#ports.web}/`;
    while (!this.#stopped) {
      if ((await this.#pipeline.api.isReady()) && (await webAnswers(web)) && (await this.#hasEdges())) return;
      if (Date.now() > deadline) {
        throw new Fault({
          code: "DEMO_NOT_READY",
          message: `No traffic was on the map after ${READY_TIMEOUT_MS / 1000} s.`,
          hint: "Run with --replay to see whether it is this machine's kernel.",
        });
      }
      await sleep(150);
    }
  }

  /** The map is worth opening once it has its first edges. */
  async #hasEdges(): Promise<boolean> {
    const now = Date.now();
    return (
      (
        await this.#pipeline.api.get(summarySchema, PATHS.summary, {
          from: now - 600_000,
          to: now + 60_000,
        })
      ).edges > 0
    );
  }

  /** The run in one object. Hop rows of the last seconds are given time to arrive. */
  async summary(startedAt: number): Promise<Omit<Summary, "range"> & { seconds: number }> {
    await sleep(SETTLE_MS);
    const to = Date.now();
    const { range: _range, ...counts } = await this.#pipeline.api.get(summarySchema, PATHS.summary, {
      from: startedAt,
      to,
    });
    return { seconds: Math.round((to - startedAt) / 1000), ...counts };
  }

  /** What writes first, then what takes it, then what it ran on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#starting?.catch(() => {});
    await this.#pipeline.stop();
    await this.#cluster?.stop();
    this.#folder.remove();
  }
}
