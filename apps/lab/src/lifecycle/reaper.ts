import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { searchPath } from "../host/run-command.js";
import { identify, type ProcessIdentity } from "./process-identity.js";

const PROGRAM = fileURLToPath(new URL("./reaper-process.js", import.meta.url));

/** The process that cleans up after a lab that cannot do it by itself any more. */
export class Reaper {
  readonly #child: ChildProcess;
  readonly identity: ProcessIdentity;

  private constructor(child: ChildProcess, identity: ProcessIdentity) {
    this.#child = child;
    this.identity = identity;
  }

  /** Starts it in a session of its own, so that no terminal's signal reaches it. */
  static start(labName: string): Reaper {
    const child = spawn(process.execPath, [PROGRAM, labName], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: searchPath() },
      cwd: "/",
    });
    child.stdin?.on("error", () => {}); // It was killed: the next start sweeps.
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) throw new Error("the lab's reaper did not start");
    return new Reaper(child, identity);
  }

  /** Tells it that nothing is left to do, and waits until it is gone. */
  async dismiss(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.stdin?.end("done\n");
    await exited;
  }
}
