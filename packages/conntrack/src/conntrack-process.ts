import { type ChildProcess, spawn } from "node:child_process";
import { Fault, systemCode } from "@hopline/fault";
import { type LineConsumer, LineSplitter } from "./line-splitter.js";

/** How much of what the tool complains about is kept for the fault, in characters. */
const MAX_COMPLAINT = 500;

export interface ConntrackProcessOptions {
  /** Name or path of Debian's conntrack tool. */
  readonly command: string;
  readonly args: readonly string[];
  readonly onLine: LineConsumer;
  /** A line of the tool's standard error: notices and warnings, and the reason when it fails. */
  readonly onNotice?: (line: string) => void;
}

/** One run of the conntrack tool: lines out, and a {@link Fault} in one sentence when it fails. */
export class ConntrackProcess {
  /** Settles when the tool has ended and all its lines have been handed over; null where it was stopped or went well. */
  readonly ended: Promise<Fault | null>;
  readonly #child: ChildProcess;
  #stopped = false;

  constructor(options: ConntrackProcessOptions) {
    const child = spawn(options.command, options.args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    const lines = new LineSplitter(options.onLine);
    child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
    let complaint = "";
    const notices = new LineSplitter((bytes, start, end) => {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
        .toString("utf8")
        .trim();
      if (line === "") return;
      complaint = complaint === "" ? line : `${complaint}; ${line}`.slice(-MAX_COMPLAINT);
      options.onNotice?.(line);
    });
    child.stderr.on("data", (chunk: Buffer) => notices.push(chunk));
    this.ended = new Promise((resolve) => {
      child.on("error", (thrown) => resolve(startFault(options.command, thrown)));
      child.on("close", (code, signal) => {
        lines.end();
        notices.end();
        if (this.#stopped || code === 0) resolve(null);
        else resolve(exitFault(options.command, options.args, complaint, code, signal));
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#child.kill("SIGTERM");
    await this.ended;
  }
}

function startFault(command: string, thrown: unknown): Fault {
  const missing = systemCode(thrown) === "ENOENT";
  return new Fault({
    code: missing ? "CONNTRACK_MISSING" : "CONNTRACK_FAILED",
    message: missing
      ? `The program "${command}" is not installed.`
      : `"${command}" does not start: ${systemCode(thrown)}.`,
    hint: "Install conntrack; until then translations are not seen and connections are named as each interface sees them.",
    cause: thrown,
  });
}

function exitFault(
  command: string,
  args: readonly string[],
  complaint: string,
  code: number | null,
  signal: string | null,
): Fault {
  const what = complaint.replaceAll(/conntrack v\S+ \(conntrack-tools\): /g, "");
  if (/not permitted|must be root|CAP_NET_ADMIN|Permission denied/i.test(what)) {
    return new Fault({
      code: "CONNTRACK_PERMISSION",
      message: "Reading the kernel's connection tracking is not permitted.",
      hint: "Run as root or with CAP_NET_ADMIN; until then connections are named as each interface sees them.",
    });
  }
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return new Fault({
    code: "CONNTRACK_FAILED",
    message: `"${command} ${args.join(" ")}" ended with ${how}${what === "" ? "" : `: ${what.replace(/\.$/, "")}`}.`,
  });
}
