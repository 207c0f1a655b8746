import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Programs that a test has started, so that none outlives it. */
export class Children {
  readonly #children = new Set<ChildProcess>();

  /** Starts a program and waits until its output (either stream) contains `ready`. */
  async start(
    command: readonly [string, ...string[]],
    ready: string,
    env: NodeJS.ProcessEnv = {},
  ): Promise<ChildProcess> {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.#children.add(child);
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const look = (chunk: Buffer): void => {
        output += chunk.toString();
        if (output.includes(ready)) resolve();
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.on("error", reject);
      child.on("close", (code) => reject(new Error(`${program} ended with ${code}: ${output}`)));
    });
    return child;
  }

  /** @returns the exit code, or the signal's name. */
  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> {
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.kill(signal);
    await ended;
    this.#children.delete(child);
    return child.exitCode ?? child.signalCode;
  }

  /** Waits until a program ends by itself. @returns its exit code, or the signal's name. */
  async ended(child: ChildProcess): Promise<number | string | null> {
    if (isRunning(child)) await new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.#children.delete(child);
    return child.exitCode ?? child.signalCode;
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#children].filter(isRunning).map((child) => this.end(child, "SIGKILL")));
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

export function fileBeside(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}

/** Runs a program in a namespace to its end. */
export async function runIn(namespace: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("ip", ["netns", "exec", namespace, process.execPath, ...args]);
  return stdout;
}
