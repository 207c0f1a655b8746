import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, Fault, systemCode } from "@hopline/fault";
import type { CommandRunner } from "./command-runner.js";
import { readDescription } from "./read-description.js";
import type { Topology } from "./topology.js";

export type WatcherState =
  | { readonly kind: "stopped" }
  | { readonly kind: "watching" }
  /** What is known grows old; reading goes on by the clock, and the next try comes by itself. */
  | { readonly kind: "failed"; readonly fault: Fault };

/** Counters since the start, all monotonic. */
export interface WatcherCounters {
  reads: number;
  failedReads: number;
  /** How often `ip monitor` ended and was started again. */
  monitorRestarts: number;
}

export interface TopologyWatcherOptions {
  readonly topology: Topology;
  readonly run: CommandRunner;
  /** The program behind `ip monitor`, with what goes before `monitor`. */
  readonly monitor?: readonly [string, ...string[]];
  readonly rereadEveryMs?: number;
  /** After each description taken in. */
  readonly onChange?: () => void;
  readonly onState?: (state: WatcherState) => void;
}

const REREAD_EVERY_MS = 30_000;
/** A new pod's veth should be captured before its first packet: links and addresses are read again at once, nearly. */
const LINK_DELAY_MS = 30;
/** Neighbour entries change state all the time; routes come in bursts. */
const OTHER_DELAY_MS = 2000;
const FIRST_RESTART_MS = 500;
const LAST_RESTART_MS = 30_000;

/** Keeps a {@link Topology} as the kernel has it: `ip monitor` says when to read again, and so does the clock. */
export class TopologyWatcher {
  readonly counters: WatcherCounters = { reads: 0, failedReads: 0, monitorRestarts: 0 };
  readonly #options: TopologyWatcherOptions;
  #state: WatcherState = { kind: "stopped" };
  #monitor: ChildProcess | undefined;
  #reread: NodeJS.Timeout | undefined;
  #rereadAtMs = Infinity;
  #periodic: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #restartDelayMs = FIRST_RESTART_MS;
  #reading: Promise<void> | undefined;
  #stopping = false;

  constructor(options: TopologyWatcherOptions) {
    this.#options = options;
  }

  get state(): WatcherState {
    return this.#state;
  }

  /** @throws Fault where the node cannot be described at all. */
  async start(): Promise<void> {
    // Monitor first: what changes while the first description is read is read again.
    this.#startMonitor();
    try {
      await this.#read();
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
    this.#setState({ kind: "watching" });
    const everyMs = this.#options.rereadEveryMs ?? REREAD_EVERY_MS;
    this.#periodic = setInterval(() => this.#readSoon(0), everyMs);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#periodic);
    clearTimeout(this.#reread);
    clearTimeout(this.#restart);
    const monitor = this.#monitor;
    this.#monitor = undefined;
    if (monitor !== undefined && monitor.exitCode === null && monitor.signalCode === null) {
      await new Promise<void>((resolve) => {
        monitor.once("close", () => resolve());
        if (monitor.pid === undefined) resolve();
        else monitor.kill("SIGTERM");
      });
    }
    await this.#reading?.catch(() => undefined);
    this.#setState({ kind: "stopped" });
  }

  #startMonitor(): void {
    const [program, ...before] = this.#options.monitor ?? ["ip"];
    const args = [...before, "-o", "monitor", "label", "link", "address", "route", "neigh", "rule"];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
    this.#monitor = child;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const urgent = line.startsWith("[LINK]") || line.startsWith("[ADDR]");
      this.#readSoon(urgent ? LINK_DELAY_MS : OTHER_DELAY_MS);
      this.#restartDelayMs = FIRST_RESTART_MS;
    });
    let ended = false;
    const onEnd = (why: string): void => {
      if (ended || this.#stopping) return;
      ended = true;
      this.counters.monitorRestarts++;
      this.#setState({
        kind: "failed",
        fault: new Fault({
          code: "TOPOLOGY_MONITOR_ENDED",
          message: `"${program} monitor" ended (${why}).`,
          hint: "It is started again; until then new interfaces are found by reading every few seconds.",
        }),
      });
      this.#restart = setTimeout(() => {
        this.#startMonitor();
        this.#readSoon(0);
      }, this.#restartDelayMs);
      this.#restartDelayMs = Math.min(this.#restartDelayMs * 2, LAST_RESTART_MS);
    };
    child.on("error", (thrown) => onEnd(systemCode(thrown) ?? describe(thrown)));
    child.on("close", (code, signal) => onEnd(signal ?? `exit code ${code}`));
  }

  /** Reads within `delayMs`; an earlier appointment stands. */
  #readSoon(delayMs: number): void {
    const atMs = performance.now() + delayMs;
    if (this.#stopping || atMs >= this.#rereadAtMs) return;
    clearTimeout(this.#reread);
    this.#rereadAtMs = atMs;
    this.#reread = setTimeout(() => {
      this.#rereadAtMs = Infinity;
      this.#readAndReport().catch(() => undefined);
    }, delayMs);
  }

  async #readAndReport(): Promise<void> {
    try {
      await this.#read();
    } catch (thrown) {
      if (this.#stopping) return;
      this.counters.failedReads++;
      const fault =
        thrown instanceof Fault
          ? thrown
          : new Fault({ code: "TOPOLOGY_COMMAND_FAILED", message: describe(thrown), cause: thrown });
      this.#setState({ kind: "failed", fault });
      return;
    }
    const monitored = this.#monitor?.exitCode === null && this.#monitor.signalCode === null;
    if (monitored && this.#state.kind === "failed") this.#setState({ kind: "watching" });
  }

  /** One at a time; who comes meanwhile waits for a fresh one. */
  async #read(): Promise<void> {
    while (this.#reading !== undefined) await this.#reading.catch(() => undefined);
    this.#reading = this.#readOnce();
    try {
      await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  async #readOnce(): Promise<void> {
    const description = await readDescription(this.#options.run);
    this.counters.reads++;
    this.#options.topology.update(description);
    this.#options.onChange?.();
  }

  #setState(state: WatcherState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
