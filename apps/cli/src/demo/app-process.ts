import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { Fault } from "@hopline/fault";
import { LIFELINE_VARIABLE } from "@hopline/process";
import { type AppName, appEntry } from "../installed-apps.js";

export interface AppProcessOptions {
  readonly app: AppName;
  /** What to call it in messages and its log file: `agent node1`. */
  readonly label: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Network namespace to run in. */
  readonly netns?: string;
  readonly logDir: string;
  /** Called when it ends without having been asked to. */
  readonly onLost: (fault: Fault) => void;
  /** Given where it may end by itself: called when it ended with exit code 0, instead of `onLost`. */
  readonly onDone?: () => void;
}

const STOP_TIMEOUT_MS = 15_000;
const LIFELINE_FD = 3;

/**
 * One of the other apps as a child process. It holds the reading end of a pipe whose writing end is ours: when this
 * process goes, however it goes, the child sees the end and stops in order.
 */
export class AppProcess {
  readonly #options: AppProcessOptions;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #ended: Promise<void>;
  #stopping = false;

  constructor(options: AppProcessOptions) {
    this.#options = options;
    this.#logFile = join(options.logDir, `${options.label.replaceAll(" ", "-")}.log`);
    const command = [process.execPath, appEntry(options.app), ...options.args];
    const [file, ...args] =
      options.netns === undefined ? command : ["ip", "netns", "exec", options.netns, ...command];
    this.#child = spawn(file!, args, {
      env: { ...process.env, ...options.env, [LIFELINE_VARIABLE]: String(LIFELINE_FD) },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      // A group of its own: Ctrl-C on the terminal reaches only the demo, which then stops all in order.
      detached: true,
    });
    // The lifeline has only to be held open; a child that dies first is noticed by its exit.
    (this.#child.stdio[LIFELINE_FD] as Writable).on("error", () => {});
    const log = createWriteStream(this.#logFile);
    this.#child.stderr?.pipe(log);
    this.#ended = new Promise((resolve) => {
      this.#child.on("error", (thrown) => this.#lost(thrown.message, resolve));
      this.#child.on("exit", (code) => code === 0 && this.#done(resolve));
      this.#child.on("exit", (code, signal) =>
        this.#lost(signal === null ? `exit code ${code}` : signal, resolve),
      );
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout(): NodeJS.ReadableStream {
    return this.#child.stdout!;
  }

  /** SIGTERM, and SIGKILL to its whole group if it is still there after 15 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#killGroup(), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** SIGKILL to its whole group, as a crash would end it. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#killGroup();
    await this.#ended;
  }

  #killGroup(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It ended between the timer and the signal.
    }
  }

  #done(resolve: () => void): void {
    if (this.#stopping || this.#options.onDone === undefined) return;
    this.#stopping = true;
    resolve();
    this.#options.onDone();
  }

  #lost(how: string, resolve: () => void): void {
    resolve();
    if (this.#stopping) return;
    this.#stopping = true;
    this.#options.onLost(
      new Fault({
        code: "APP_LOST",
        message: `The ${this.#options.label} ended (${how}): ${this.#lastLine()}`,
      }),
    );
  }

  /** Why it ended, in its own words: its last plain sentence, which stands before what it logged while it stopped. */
  #lastLine(): string {
    const lines = readFileSync(this.#logFile, "utf8").trimEnd().split("\n");
    const last = lines.findLast((line) => line !== "" && !line.startsWith("{")) ?? lines.at(-1) ?? "";
    return last === "" ? "it said nothing." : last;
  }
}
