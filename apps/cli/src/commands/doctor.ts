import { diagnose, type Finding, PATHS, type Status, statusSchema } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Command } from "commander";
import { EXIT_FAILED, EXIT_NOT_WELL, EXIT_USAGE } from "../exit-codes.js";
import { exitCodeOf } from "../usage-errors.js";
import { type ApiOptions, askCollector, printAnswer, withApi, withOutput } from "./api-options.js";

interface DoctorOptions extends ApiOptions {
  readonly output: "text" | "json";
}

/** `hopline doctor`: what is wrong with this installation, and what to do about it. Ends with 3 where anything is. */
export function doctorCommand(program: Command): void {
  withOutput(withApi(program.command("doctor")), "text", "json")
    .description(
      "what is wrong with this installation, and what to do about it (exit code 3 where anything is, 1 where no collector answers)",
    )
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const { status, findings } = await examine(options);
  const ok = findings.every(({ level }) => level === "note");
  printAnswer(options, { ok, findings }, () => doctorText(status, findings));
  if (!ok) process.exitCode = status === undefined ? EXIT_FAILED : EXIT_NOT_WELL;
}

/** A collector that cannot be asked is the first finding, not a failure of the command. */
async function examine(
  options: DoctorOptions,
): Promise<{ readonly status?: Status; readonly findings: readonly Finding[] }> {
  try {
    const status = await askCollector(options, (client) => client.get(statusSchema, PATHS.status));
    return { status, findings: diagnose(status) };
  } catch (thrown) {
    if (!(thrown instanceof Fault) || exitCodeOf(thrown) === EXIT_USAGE) throw thrown;
    const { code, message, hint } = thrown;
    const finding = { level: "bad", code, about: "", sentence: message, fix: hint ?? "" } as const;
    return { findings: [finding] };
  }
}

/** Each finding on a line, its remedy on the next. */
export function doctorText(status: Status | undefined, findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ level, sentence, fix }) => [
    `${level.padEnd(6)}${sentence}`,
    ...(fix === "" ? [] : [`      ${fix}`]),
  ]);
  return [...lines, summaryText(status, findings)].map((line) => `${line}\n`).join("");
}

function summaryText(status: Status | undefined, findings: readonly Finding[]): string {
  const wrong = findings.filter(({ level }) => level !== "note").length;
  if (wrong > 0) return `${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong.`;
  const agents = status?.agents.length ?? 0;
  return `All is well: ${agents} ${agents === 1 ? "agent" : "agents"}, ${status?.watches.length ?? 0} watches, the store is ready.`;
}
