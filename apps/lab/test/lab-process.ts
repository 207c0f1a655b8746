import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ControlClient } from "../src/control/control-client.js";
import type { LabDescription } from "../src/lab-description.js";

/** The built program: what is tested is what runs. */
export const LAB_PROGRAM = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** Without root there is no lab to test. */
export const isRoot = process.getuid?.() === 0;

/** A lab of a test, in a process of its own and a run folder that goes with it. */
export class LabProcess {
  readonly child: ChildProcess;
  readonly runFolder: string;
  readonly name: string;
  stderr = "";

  constructor(name: string, args: readonly string[] = []) {
    this.name = name;
    this.runFolder = mkdtempSync(join(tmpdir(), `hl-${name}-`));
    this.child = spawn(
      process.execPath,
      [LAB_PROGRAM, "up", "--name", name, "--run-dir", this.runFolder, "--restart-every", "0", ...args],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_EXTRA_CA_CERTS: "" } },
    );
    this.child.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
  }

  /** The line that says that the lab is ready. */
  async ready(): Promise<LabDescription> {
    const lines = createInterface({ input: this.child.stdout! });
    const line = await Promise.race([
      once(lines, "line").then(([text]) => String(text)),
      once(this.child, "exit").then(() => undefined),
    ]);
    if (line === undefined) throw new Error(`the lab ended before it was ready: ${this.stderr}`);
    return JSON.parse(line);
  }

  get control(): ControlClient {
    return new ControlClient(join(this.runFolder, "control.sock"));
  }

  /** Ends it by a signal and returns its exit code, null after a signal that it did not handle. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    return (await exited)[0];
  }

  removeRunFolder(): void {
    rmSync(this.runFolder, { recursive: true, force: true });
  }
}
