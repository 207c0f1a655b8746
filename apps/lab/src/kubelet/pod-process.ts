import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { inNetns, searchPath } from "../host/run-command.js";
import type { LedgerEntry } from "../ledger/ledger-entry.js";
import type { LabMessage, WorkloadCounters, WorkloadMessage } from "../workload/messages.js";

const PROGRAM = fileURLToPath(new URL("../workload/workload-process.js", import.meta.url));
/** Thirty of these share the machine: small heaps, and one helper thread each. */
const NODE_FLAGS = ["--max-semi-space-size=1", "--max-old-space-size=64", "--v8-pool-size=1"];
const STOP_LIMIT_MS = 15_000;

type Awaited = Extract<WorkloadMessage, { type: "done" }>["what"] | "serving";

export interface PodProcessOptions {
  /** `namespace/name`, for messages. */
  readonly name: string;
  readonly netns: string;
  readonly onConversation: (entry: LedgerEntry) => void;
  /** Something that should not happen in a workload. */
  readonly onTrouble: (message: string) => void;
  /** It ended without having been told to. */
  readonly onLost: () => void;
}

/** A workload's process, in its pod's network namespace, as the lab holds it. */
export class PodProcess {
  readonly name: string;
  /** As of its last answer. */
  counters: WorkloadCounters = { skippedCalls: 0, notDialled: 0 };
  readonly #options: PodProcessOptions;
  readonly #waiting = new Map<Awaited, (() => void)[]>();
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(options: PodProcessOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Starts the program; it does nothing until it gets `begin`. */
  start(): void {
    // `lo` is down in a new namespace; real runtimes have the loopback plugin set it up.
    const script = 'ip link set lo up && exec "$@"';
    const args = ["-c", script, "sh", process.execPath, ...NODE_FLAGS, PROGRAM];
    const [command, commandArgs] = inNetns(this.#options.netns, "sh", args);
    const child = spawn(command, commandArgs, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: searchPath(), UV_THREADPOOL_SIZE: "1" },
    });
    this.#child = child;
    child.stdin.on("error", () => {}); // It is gone: `close` below says so.
    child.once("error", (thrown) => this.#options.onTrouble(thrown.message));
    // Lines are read to their end before `close`: what a workload reported is never lost.
    createInterface({ input: child.stdout }).on("line", (line) => this.#receive(line));
    this.#ended = new Promise((resolve) => {
      child.once("close", () => {
        for (const settle of [...this.#waiting.values()].flat()) settle();
        this.#waiting.clear();
        if (!this.#stopping) this.#options.onLost();
        resolve();
      });
    });
  }

  send(message: LabMessage): void {
    if (this.#child?.stdin.writable) this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Sends `begin` and settles when its servers listen, or when it ends before. */
  async begin(message: Extract<LabMessage, { type: "begin" }>): Promise<void> {
    const serving = this.#next("serving");
    this.send(message);
    await serving;
  }

  /** Sends a message that is answered, and settles with the answer, or when the process ends. */
  async ask(what: "pause" | "drain" | "snapshot"): Promise<void> {
    const done = this.#next(what);
    this.send({ type: what });
    await done;
  }

  /** Ends it in order, by force when it takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.send({ type: "stop" });
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  #next(what: Awaited): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(what) ?? [];
      this.#waiting.set(what, [...waiting, resolve]);
    });
  }

  #receive(line: string): void {
    const message: WorkloadMessage = JSON.parse(line);
    switch (message.type) {
      case "conversation":
        this.#options.onConversation(message.entry);
        break;
      case "trouble":
        this.#options.onTrouble(message.message);
        break;
      case "serving":
        this.#settle("serving");
        break;
      case "done":
        this.counters = message.counters;
        this.#settle(message.what);
        break;
    }
  }

  #settle(what: Awaited): void {
    const waiting = this.#waiting.get(what) ?? [];
    this.#waiting.delete(what);
    for (const resolve of waiting) resolve();
  }
}
