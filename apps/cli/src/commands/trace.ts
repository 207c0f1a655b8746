import { LONGEST_WATCH_SECONDS } from "@hopline/api";
import { Fault } from "@hopline/fault";
import { type Command, InvalidArgumentError } from "commander";
import type { ApiClient } from "../api-client.js";
import { type FoundTrace, findTrace } from "../trace/find-trace.js";
import { pathText } from "../trace/path-text.js";
import { parseTraceEnd } from "../trace/trace-end.js";
import { usualLatencies } from "../trace/usual-latencies.js";
import { watchTrace } from "../trace/watch-trace.js";
import { type ApiOptions, apiClient, durationOption, withApi, withLast, withOutput } from "./api-options.js";

interface TraceOptions extends ApiOptions {
  readonly last: number;
  readonly watch?: number;
  readonly output: "text" | "json";
}

/** `hopline trace FROM TO`: the path of what went from one to the other, hop by hop, and where it breaks. */
export function traceCommand(program: Command): void {
  withOutput(withLast(withApi(program.command("trace <from> <to>")), "15m"), "text", "json")
    .description(
      "the path from one end to another, hop by hop, from real traffic; ends are [ns/]POD, [ns/]SERVICE or an address, <to> with :PORT where one is meant",
    )
    .option(
      "--watch <duration>",
      "have its connections captured at every interface for so long (up to 10m), and show what comes in",
      watchOption,
    )
    .action(trace);
}

function watchOption(text: string): number {
  const ms = durationOption(text);
  if (ms <= LONGEST_WATCH_SECONDS * 1000) return ms;
  throw new InvalidArgumentError(`It takes ${LONGEST_WATCH_SECONDS / 60}m at most.`);
}

async function trace(fromText: string, toText: string, options: TraceOptions): Promise<void> {
  const from = parseTraceEnd(fromText);
  const to = parseTraceEnd(toText);
  const client = apiClient(options);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once("SIGINT", interrupt);
  try {
    const now = Date.now();
    const found = await findTrace(client, from, to, { from: now - options.last, to: now });
    if (found === undefined) {
      throw new Fault({
        code: "TRACE_NOTHING_SEEN",
        message: `No connection from ${fromText} to ${toText} was seen in the time asked for.`,
        hint: "Send something (a request, a ping), look further back with --last, or check the names with hopline observe.",
      });
    }
    if (options.watch === undefined) {
      await print(found, options, client);
      return;
    }
    const isLive = process.stdout.isTTY && options.output === "text";
    const last = await watchTrace(found.path, {
      ...{ client, from, to, forMs: options.watch, signal: interrupted.signal },
      onLook: (latest, remainingMs) => {
        if (isLive) redraw(latest, remainingMs);
      },
    });
    if (!isLive) await print(last ?? found, options, client);
  } finally {
    process.off("SIGINT", interrupt);
    await client.close();
  }
}

/** Clears the terminal, and shows the path as far as it is known. */
function redraw(found: FoundTrace | undefined, remainingMs: number): void {
  const text = found === undefined ? "Nothing has passed since the watch began.\n" : pathText(found.path);
  const left = remainingMs === 0 ? "" : `\nwatching for ${Math.ceil(remainingMs / 1000)} s more\n`;
  process.stdout.write(`\u001b[2J\u001b[H${text}${left}`);
}

async function print(
  { path, fitting }: FoundTrace,
  { output }: TraceOptions,
  client: ApiClient,
): Promise<void> {
  if (output === "json") {
    process.stdout.write(`${JSON.stringify(path)}\n`);
    return;
  }
  process.stdout.write(pathText(path, await usualLatencies(client, path)));
  if (fitting > 1) {
    process.stderr.write(
      `${fitting} connections fit; this is ${path.connection.id}, the last of those that fail, or else of all.\n`,
    );
  }
}
