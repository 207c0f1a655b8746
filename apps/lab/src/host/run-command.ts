import { spawn } from "node:child_process";
import { Fault, systemCode } from "@hopline/fault";

export interface CommandRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Network namespace to run in, by name; the lab's own where absent. */
  readonly netns?: string;
  /** Text for its standard input. */
  readonly input?: string;
  /** Beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line that enters a network namespace first. `nsenter` execs: the process id stays the same. */
export function inNetns(
  netns: string | undefined,
  command: string,
  args: readonly string[],
): [string, string[]] {
  if (netns === undefined) return [command, [...args]];
  return ["nsenter", [`--net=${netnsPath(netns)}`, "--", command, ...args]];
}

/** Where iproute2 keeps a named network namespace. */
export function netnsPath(netns: string): string {
  return `/run/netns/${netns}`;
}

/**
 * Runs a command to its end, whatever its exit code.
 * @throws Fault `LAB_TOOL_MISSING` when it is not installed.
 */
export function tryCommand(request: CommandRequest): Promise<CommandAnswer> {
  const [command, args] = inNetns(request.netns, request.command, request.args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: "pipe",
      env: { PATH: searchPath(), ...request.env },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (thrown) => {
      if (systemCode(thrown) !== "ENOENT") return reject(thrown);
      reject(
        new Fault({
          code: "LAB_TOOL_MISSING",
          message: `The lab needs the command ${command}, which is not installed.`,
        }),
      );
    });
    child.once("close", (exitCode, signal) =>
      resolve({
        exitCode: exitCode ?? -1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: signal === null ? Buffer.concat(stderr).toString() : `killed by ${signal}`,
      }),
    );
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(request.input ?? "");
  });
}

/**
 * Runs a command that must succeed, and returns its standard output.
 * @throws Fault `LAB_COMMAND_FAILED` with what the command said.
 */
export async function runCommand(request: CommandRequest): Promise<string> {
  const answer = await tryCommand(request);
  if (answer.exitCode === 0) return answer.stdout;
  const said = (answer.stderr.trim() || answer.stdout.trim()).split("\n").slice(0, 3).join("; ");
  const where = request.netns === undefined ? "" : ` in ${request.netns}`;
  throw new Fault({
    code: "LAB_COMMAND_FAILED",
    message: `${request.command} ${request.args.join(" ")}${where} failed with exit code ${answer.exitCode}: ${said}.`,
  });
}

/** sbin is not in every user's path, and a shell without a login may have none of it. */
export function searchPath(): string {
  const given = process.env.PATH ?? "";
  return `${given}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;
}
