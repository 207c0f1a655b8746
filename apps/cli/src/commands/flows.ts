import { problemText } from "@hopline/policy";
import type { Command } from "commander";
import { EXIT_INTERRUPTED } from "../exit-codes.js";
import { Analysis, isInterruption } from "../offline/analysis.js";
import { captureNotes } from "../offline/analysis-notes.js";
import { totalsText } from "../offline/file-report.js";
import { untilInterrupted } from "../offline/interruption.js";
import { type FlowForm, printFlows } from "../offline/print-flows.js";
import { wordOption } from "./api-options.js";
import { inputsOf, type OfflineOptions, withCaptures } from "./offline-options.js";

interface FlowsOptions extends OfflineOptions {
  readonly output: FlowForm;
  readonly hops?: true;
}

/** `hopline flows FILE...`: the connections in capture files, as the live product would have seen them. */
export function flowsCommand(program: Command): void {
  withCaptures(program.command("flows"))
    .description(
      "the connections in capture files: what the live product would have seen (see docs/offline.md)",
    )
    .option(
      "-o, --output <form>",
      "table, csv (with a header) or json (one object a line)",
      wordOption("table", "csv", "json"),
      "table",
    )
    .option("--hops", "add gap bytes and observation points: a question for each connection, slow for many")
    .action(flows);
}

async function flows(files: readonly string[], options: FlowsOptions): Promise<void> {
  const forPeople = options.output === "table";
  const analysis = new Analysis({
    inputs: inputsOf(files, options),
    dumps: options.kube ?? [],
    signal: untilInterrupted(),
    showProgress: forPeople,
  });
  try {
    const captures = await analysis.findOut();
    if (forPeople) for (const line of captureNotes(captures, analysis.hasNames)) note(line);
    for (const problem of analysis.policyProblems) note(problemText(problem));
    const reports = await analysis.read(captures);
    await printFlows(analysis, options.output, options.hops === true);
    for (const { warnings } of reports) for (const warning of warnings) note(warning);
    note(totalsText(reports));
  } catch (thrown) {
    if (!isInterruption(thrown)) throw thrown;
    process.exitCode = EXIT_INTERRUPTED;
  } finally {
    await analysis.stop();
  }
}

function note(line: string): void {
  process.stderr.write(`hopline: ${line}\n`);
}
