import {
  type Connection,
  connectionSchema,
  flowsAnswerSchema,
  icmpErrorText,
  isCounted,
  outcomeSchema,
  PATHS,
  protocolSchema,
  scopeSchema,
} from "@hopline/api";
import type { Command } from "commander";
import { z } from "zod";
import { endsText } from "../connection-text.js";
import { bytesText, clockText, durationText } from "../quantities.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  apiClient,
  integerOption,
  type NamespaceOptions,
  withApi,
  withLast,
  withLimit,
  withNamespaces,
  wordOption,
  wordsOption,
} from "./api-options.js";

interface ObserveOptions extends NamespaceOptions {
  readonly follow?: true;
  readonly limit: number;
  readonly protocol?: string;
  readonly port?: number;
  readonly node?: string;
  readonly scope?: string;
  readonly outcome?: string;
  readonly service?: string;
}

const COLUMNS: readonly TextColumn<Connection>[] = [
  { title: "LAST SEEN", text: (row) => clockText(row.lastSeen) },
  { title: "CLIENT", text: (row) => endsText(row).client },
  { title: "SERVER", text: (row) => endsText(row).server },
  {
    title: "SERVICE",
    text: (row) =>
      row.service === null
        ? isCounted(row, "forward")
          ? ""
          : "?"
        : `${row.service.namespace}/${row.service.name}`,
  },
  { title: "PROTO", text: (row) => endsText(row).protocol },
  { title: "SCOPE", text: (row) => row.scope },
  { title: "SENT", align: "right", text: (row) => countedBytes(row, "forward") },
  { title: "RECEIVED", align: "right", text: (row) => countedBytes(row, "reply") },
  { title: "HANDSHAKE", align: "right", text: (row) => durationText(row.handshakeUs) },
  { title: "OUTCOME", text: (row) => row.outcome },
  {
    title: "LATE",
    align: "right",
    text: (row) => bytesText(row.forward.outOfOrderBytes + row.reply.outOfOrderBytes),
  },
  { title: "ICMP ERROR", text: (row) => (row.icmpError === null ? "" : icmpErrorText(row.icmpError)) },
  { title: "HOPS", align: "right", text: (row) => String(row.hops) },
  { title: "ID", text: (row) => row.id },
];

/** `-` until the hop that reports the direction has told of it. */
function countedBytes(row: Connection, direction: "forward" | "reply"): string {
  return isCounted(row, direction) ? bytesText(row[direction].bytes) : "-";
}

/** `hopline observe`: connections of the last minutes, or as they come. */
export function observeCommand(program: Command): void {
  const command = withLimit(withLast(withApi(program.command("observe [text]")), "5m"), 50);
  withNamespaces(command, "either end in")
    .description("connections between pods, newest first; [text] is part of a name or an address")
    .option("-f, --follow", "print connections as they come, until stopped")
    .option("-o, --output <form>", "table or json (one object a line)", wordOption("table", "json"), "table")
    .option("--protocol <names>", someOf(protocolSchema.options), wordsOption(protocolSchema.options))
    .option("--port <port>", "server port", integerOption(0, 65_535))
    .option("--node <name>", "either end on this node")
    .option("--scope <scopes>", someOf(scopeSchema.options), wordsOption(scopeSchema.options))
    .option("--outcome <outcomes>", someOf(outcomeSchema.options), wordsOption(outcomeSchema.options))
    .option("--service <ns/name>", "the Service dialled")
    .action(observe);
}

function someOf(words: readonly string[]): string {
  return `some of ${words.join(", ")}, separated by commas`;
}

async function observe(text: string | undefined, options: ObserveOptions): Promise<void> {
  const client = apiClient(options);
  const { namespace, protocol, port, node, scope, outcome, service } = options;
  const filter = { namespace, protocol, port, node, scope, outcome, service, q: text };
  const print = (rows: readonly Connection[], withHeader: boolean): void => {
    if (options.output === "json")
      process.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    else
      process.stdout.write(
        withHeader ? textTable(COLUMNS, rows) : textTable(COLUMNS, rows).replace(/^.*\n/, ""),
      );
  };
  try {
    if (options.follow !== true) {
      const now = Date.now();
      const range = { from: now - options.last, to: now + 1000 };
      const answer = await client.get(flowsAnswerSchema, PATHS.flows, {
        ...filter,
        ...range,
        limit: options.limit,
      });
      print(answer.connections, true);
      if (answer.total === 0)
        process.stderr.write("No connection that fits was seen in this time; --last looks further back.\n");
      if (answer.total > answer.connections.length) {
        process.stderr.write(
          `${answer.connections.length} of ${answer.total} connections; --limit shows more.\n`,
        );
      }
      return;
    }
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    process.once("SIGTERM", () => stop.abort());
    let first = true;
    for await (const { event, data } of client.stream(PATHS.flowStream, filter, stop.signal)) {
      if (event !== "connections") continue;
      print(z.array(connectionSchema).parse(JSON.parse(data)), first);
      first = false;
    }
  } finally {
    await client.close();
  }
}
