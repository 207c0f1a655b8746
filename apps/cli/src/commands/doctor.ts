import { diagnose, type Finding, PATHS, type Status, statusSchema } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Command } from "commander";
import { type ApiOptions, apiClient, withApi, withOutput } from "./api-options.js";

interface DoctorOptions extends ApiOptions {
  readonly output: "text" | "json";
}

/** `hopline doctor`: what is wrong with this installation, and what to do about it. Ends with 1 where anything is. */
export function doctorCommand(program: Command): void {
  withOutput(withApi(program.command("doctor")), "text", "json")
    .description(
      "what is wrong with this installation, and what to do about it (exit code 1 where anything is)",
    )
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const { status, findings } = await examine(options);
  const ok = findings.every(({ level }) => level === "note");
  process.stdout.write(
    options.output === "json" ? `${JSON.stringify({ ok, findings })}\n` : doctorText(status, findings),
  );
  if (!ok) process.exitCode = 1;
}

/** A collector that cannot be asked is the first finding, not a failure of the command. */
async function examine(
  options: DoctorOptions,
): Promise<{ readonly status?: Status; readonly findings: readonly Finding[] }> {
  const client = apiClient(options);
  try {
    const status = await client.get(statusSchema, PATHS.status);
    return { status, findings: diagnose(status) };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { code, message, hint } = thrown;
    const finding = { level: "bad", code, about: "", sentence: message, fix: hint ?? "" } as const;
    return { findings: [finding] };
  } finally {
    await client.close();
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
