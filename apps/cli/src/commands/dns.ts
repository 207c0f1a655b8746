import {
  DNS_UNANSWERED,
  type DnsName,
  dnsAnswerSchema,
  dnsCodeText,
  dnsSortSchema,
  dnsTypeText,
  PATHS,
} from "@hopline/api";
import { type Command, InvalidArgumentError } from "commander";
import { entityText } from "../connection-text.js";
import { durationText } from "../quantities.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  askCollector,
  lastRange,
  type NamespaceOptions,
  printAnswer,
  withApi,
  withLast,
  withLimit,
  withNamespaces,
  withOutput,
  wordOption,
} from "./api-options.js";

interface DnsOptions extends NamespaceOptions {
  readonly sort: string;
  readonly limit: number;
  readonly client?: string;
  readonly code?: number;
}

const COLUMNS: readonly TextColumn<DnsName>[] = [
  { title: "NAME", text: (row) => (row.name === "" ? "." : row.name) },
  { title: "TYPE", text: (row) => dnsTypeText(row.type) },
  { title: "CLIENT", text: (row) => entityText(row.client) },
  { title: "ASKED", text: (row) => entityText(row.server) },
  { title: "QUESTIONS", align: "right", text: (row) => String(row.questions) },
  { title: "FAILED", align: "right", text: (row) => String(row.failures) },
  {
    title: "ANSWERS",
    text: (row) => row.codes.map(({ code, questions }) => `${dnsCodeText(code)} ${questions}`).join(", "),
  },
  { title: "MEAN", align: "right", text: (row) => durationText(row.latencyMeanUs) },
  { title: "LONGEST", align: "right", text: (row) => durationText(row.latencyMaxUs) },
];

/** `hopline dns`: which names were asked for, and what came of it. */
export function dnsCommand(program: Command): void {
  const command = withLimit(withLast(withApi(program.command("dns [name]")), "15m"), 50);
  withNamespaces(withOutput(command, "table", "json"), "clients in")
    .description("DNS names asked for, by whom, with answers and latency; [name] is part of a name")
    .option(
      "--sort <order>",
      dnsSortSchema.options.join(", "),
      wordOption(...dnsSortSchema.options),
      "failures",
    )
    .option("--client <id>", "the client, e.g. workload:shop/Deployment/web")
    .option("--code <code>", "NOERROR, SERVFAIL, NXDOMAIN, none (no answer), or a number", codeOption)
    .action(dns);
}

function codeOption(text: string): number {
  if (text === "none") return DNS_UNANSWERED;
  for (let code = 0; code < DNS_UNANSWERED; code++)
    if (text.toUpperCase() === dnsCodeText(code) || text === String(code)) return code;
  throw new InvalidArgumentError("It takes a response code such as NXDOMAIN or 3, or none.");
}

async function dns(name: string | undefined, options: DnsOptions): Promise<void> {
  const { last, namespace, client: id, code, sort, limit } = options;
  const answer = await askCollector(options, (client) =>
    client.get(dnsAnswerSchema, PATHS.dns, {
      ...lastRange(last),
      ...{ name, namespace, client: id, code, sort, limit },
    }),
  );
  printAnswer(
    options,
    answer,
    ({ names }) => textTable(COLUMNS, names),
    ({ names, total, questions, failures, unanswered }) =>
      `${names.length} of ${total} names; ${questions} questions, ${failures} failed, ${unanswered} of them without an answer.\n`,
  );
}
