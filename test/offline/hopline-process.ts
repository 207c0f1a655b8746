import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const HOPLINE = fileURLToPath(new URL("../../apps/cli/bin/hopline.mjs", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `hopline` that was started, with all that it says. */
export class HoplineProcess {
  readonly child: ChildProcess;
  #stdout = "";
  #stderr = "";

  /** @param uid another user to run it as; root only */
  constructor(args: readonly string[], uid?: number) {
    const user = uid === undefined ? {} : { uid, gid: uid };
    this.child = spawn(process.execPath, [HOPLINE, ...args], { stdio: ["ignore", "pipe", "pipe"], ...user });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  async ended(): Promise<Ended> {
    const [code] = (await once(this.child, "close")) as [number | null];
    return { code, stdout: this.#stdout, stderr: this.#stderr };
  }

  /** Folders and processes of its, in words; empty when it left nothing. */
  remains(): string[] {
    const name = `hopline-offline-${this.child.pid}`;
    const processes = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
    return [...readdirSync(tmpdir()), ...processes].filter((text) => text.includes(name));
  }
}

export function hopline(...args: string[]): Promise<Ended> {
  return new HoplineProcess(args).ended();
}
