import { problemText } from "@hopline/policy";
import type { Command } from "commander";
import { availablePort } from "../demo/free-port.js";
import { Analysis, isInterruption } from "../offline/analysis.js";
import { captureNotes } from "../offline/analysis-notes.js";
import { totalsText } from "../offline/file-report.js";
import { untilInterrupted } from "../offline/interruption.js";
import { storedRange } from "../offline/stored-connections.js";
import { integerOption } from "./api-options.js";
import { inputsOf, type OfflineOptions, withCaptures } from "./offline-options.js";

interface OpenOptions extends OfflineOptions {
  readonly port: number;
  readonly apiPort: number;
}

/** `hopline open FILE...`: the web UI over capture files, until Ctrl-C. */
export function openCommand(program: Command): void {
  withCaptures(program.command("open"))
    .description("the web UI over capture files, until Ctrl-C; prints its address (see docs/offline.md)")
    .option("--port <port>", "of the web UI; 0 takes a free one", integerOption(0, 65_535), 4400)
    .option("--api-port <port>", "of the API; 0 takes a free one", integerOption(0, 65_535), 4401)
    .action(open);
}

async function open(files: readonly string[], options: OpenOptions): Promise<void> {
  const inputs = inputsOf(files, options);
  const ports = {
    web: await availablePort(options.port, "--port"),
    api: await availablePort(options.apiPort, "--api-port"),
  };
  const analysis = new Analysis({
    ...{ inputs, dumps: options.kube ?? [], ports },
    ...{ signal: untilInterrupted(), showProgress: true },
  });
  try {
    const captures = await analysis.findOut();
    for (const line of captureNotes(captures, analysis.hasNames)) note(line);
    for (const problem of analysis.policyProblems) note(problemText(problem));
    const reports = await analysis.read(captures);
    for (const { warnings } of reports) for (const warning of warnings) note(warning);
    note(totalsText(reports));
    const range = await storedRange(analysis.api);
    const web = `http://127.0.0.1:${ports.web}`;
    await analysis.untilWebAnswers(web);
    process.stdout.write(`${web}/map${range === undefined ? "" : spanQuery(range)}\n`);
    note("Ctrl-C stops it and removes all of it");
    await analysis.untilInterrupted();
  } catch (thrown) {
    if (!isInterruption(thrown)) throw thrown;
  } finally {
    await analysis.stop();
  }
}

/** The UI shows the last minutes by default, which a capture is long before. */
function spanQuery({ from, to }: { readonly from: number; readonly to: number }): string {
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return `?${new URLSearchParams(span).toString()}`;
}

function note(line: string): void {
  process.stderr.write(`hopline: ${line}\n`);
}
