import { type Connection, connectionPathSchema, flowsAnswerSchema, PATHS } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Command } from "commander";
import type { ApiClient } from "../api-client.js";
import { pathText } from "../trace/path-text.js";
import { chooseConnection, isFrom, isTo, parseTraceEnd, type TraceEnd } from "../trace/trace-end.js";
import { type ApiOptions, apiClient, durationOption, withApi, wordOption } from "./api-options.js";

interface TraceOptions extends ApiOptions {
  readonly last: number;
  readonly output: "text" | "json";
}

/** Connections that are looked through for the pair asked for. */
const LOOKED_THROUGH = 1000;

/** `hopline trace FROM TO`: the path of what went from one to the other, hop by hop, and where it breaks. */
export function traceCommand(program: Command): void {
  withApi(program.command("trace <from> <to>"))
    .description(
      "the path from one end to another, hop by hop, from real traffic; ends are [ns/]POD, [ns/]SERVICE or an address, <to> with :PORT where one is meant",
    )
    .option("--last <duration>", "how far back", durationOption, 15 * 60_000)
    .option("-o, --output <form>", "text or json", wordOption("text", "json"), "text")
    .action(trace);
}

async function trace(fromText: string, toText: string, options: TraceOptions): Promise<void> {
  const from = parseTraceEnd(fromText);
  const to = parseTraceEnd(toText);
  const client = apiClient(options);
  try {
    const now = Date.now();
    const range = { from: now - options.last, to: now };
    const found = await connectionsBetween(client, from, to, range);
    const chosen = chooseConnection(found);
    if (chosen === undefined) {
      throw new Fault({
        code: "TRACE_NOTHING_SEEN",
        message: `No connection from ${fromText} to ${toText} was seen in the time asked for.`,
        hint: "Send something (a request, a ping), look further back with --last, or check the names with hopline observe.",
      });
    }
    const path = await client.get(connectionPathSchema, `${PATHS.path}/${chosen.id}`, range);
    if (options.output === "json") {
      process.stdout.write(`${JSON.stringify(path)}\n`);
      return;
    }
    process.stdout.write(pathText(path));
    if (found.length > 1) {
      process.stderr.write(
        `${found.length} connections fit; this is ${chosen.id}, the last of those that fail, or else of all.\n`,
      );
    }
  } finally {
    await client.close();
  }
}

/** First those that mention the one end, then, where these are too many to see all, those that mention the other. */
async function connectionsBetween(
  client: ApiClient,
  from: TraceEnd,
  to: TraceEnd,
  range: { readonly from: number; readonly to: number },
): Promise<Connection[]> {
  for (const q of [to.name, from.name]) {
    const answer = await client.get(flowsAnswerSchema, PATHS.flows, { ...range, q, limit: LOOKED_THROUGH });
    const fits = answer.connections.filter((one) => isFrom(one, from) && isTo(one, to));
    if (fits.length > 0 || answer.total <= LOOKED_THROUGH) return fits;
  }
  return [];
}
