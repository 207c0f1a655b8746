import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, Fault } from "@hopline/fault";

/** In the process: what it is told (reading does not block), and where it tells. */
export const PROCESS_INPUT = 3;
export const PROCESS_OUTPUT = 1;

/** A Node process with a named pipe each way, which can be read and written without an event loop. */
export interface FifoProcess {
  /** Write end of its {@link PROCESS_INPUT}. */
  readonly input: number;
  /** Read end of its {@link PROCESS_OUTPUT}; blocks, and gives 0 bytes once the process is gone. */
  readonly output: number;
  readonly child: ChildProcess;
}

/** @throws Fault `CAPTURE_CAP_FAILED` where no pipe can be made */
export function spawnFifoProcess(script: string, args: readonly string[]): FifoProcess {
  const folder = pipesFolder();
  try {
    const input = openFifo(join(folder, "input"), constants.O_NONBLOCK);
    const output = openFifo(join(folder, "output"), 0);
    // What the debugger or a profiler was told by NODE_OPTIONS is meant for this process, not for that one.
    const env = { ...process.env, NODE_OPTIONS: "" };
    // Not as descriptor 0: a process is started with the first three set to block.
    const stdio: StdioOptions = ["ignore", output.write, "ignore", input.read];
    const child = spawn(process.execPath, [script, ...args], { stdio, env });
    // A process that does not start leaves an output at its end: whoever reads it finds out.
    child.on("error", () => {});
    child.unref();
    closeSync(input.read);
    closeSync(output.write);
    return { input: input.write, output: output.read, child };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder is gone again as soon as both ends are open. */
function pipesFolder(): string {
  try {
    const folder = mkdtempSync(join(tmpdir(), "hopline-cap-"));
    const made = spawnSync("mkfifo", ["-m", "600", join(folder, "input"), join(folder, "output")], {
      encoding: "utf8",
    });
    if (made.status === 0) return folder;
    rmSync(folder, { recursive: true, force: true });
    throw made.error ?? new Error(made.stderr);
  } catch (thrown) {
    throw new Fault({
      code: "CAPTURE_CAP_FAILED",
      message: `No pipe to a capturing process can be made in ${tmpdir()}: ${describe(thrown)}.`,
      hint: "Set TMPDIR to a folder that this user may write to.",
      cause: thrown,
    });
  }
}

/** Both ends of a named pipe. Either would wait for the other: opening it for both ways first does not. */
function openFifo(path: string, readFlags: number): { read: number; write: number } {
  const both = openSync(path, constants.O_RDWR);
  const read = openSync(path, constants.O_RDONLY | readFlags);
  const write = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return { read, write };
}
