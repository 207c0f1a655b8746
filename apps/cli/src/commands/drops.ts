import {
  type Drop,
  type DroppingPolicy,
  type DropSeries,
  dropSourceSchema,
  dropsAnswerSchema,
  PATHS,
} from "@hopline/api";
import type { Command } from "commander";
import { endText } from "../connection-text.js";
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
  wordsOption,
} from "./api-options.js";

interface DropsOptions extends NamespaceOptions {
  readonly limit: number;
  readonly by: "drop" | "policy";
  readonly policy?: string;
  readonly client?: string;
  readonly server?: string;
  readonly node?: string;
  readonly connection?: string;
  readonly source?: string;
}

const DROPS: readonly TextColumn<Drop>[] = [
  { title: "TIME", text: (row) => new Date(row.droppedAt).toISOString().slice(11, 23) },
  { title: "NODE", text: (row) => row.node },
  { title: "PROTOCOL", text: (row) => row.protocol ?? "" },
  { title: "FROM", text: (row) => fromText(row) },
  { title: "TO", text: (row) => toText(row) },
  { title: "PACKETS", align: "right", text: (row) => String(row.packets) },
  { title: "BY", text: (row) => byText(row) },
  { title: "VERDICT", text: (row) => row.verdict },
  { title: "CONNECTION", text: (row) => row.connection ?? "" },
];

const SERIES: readonly TextColumn<DropSeries>[] = [
  { title: "BY", text: (row) => byText(row) },
  { title: "PACKETS", align: "right", text: (row) => String(row.packets) },
  { title: "CONNECTIONS", align: "right", text: (row) => String(row.connections) },
];

/** `hopline drops`: what was dropped, by whom. */
export function dropsCommand(program: Command): void {
  const command = withLimit(withLast(withApi(program.command("drops")), "15m"), 50);
  withNamespaces(withOutput(command, "table", "json"), "an end or the policy in")
    .description("packets that a rule or the kernel dropped: whose, where, and by which policy")
    .option("--by <what>", "drop or policy", wordOption("drop", "policy"), "drop")
    .option("--policy <name>", "the policy that is named, e.g. shop/api-ingress")
    .option("--client <id>", "the client, e.g. workload:shop/Deployment/web")
    .option("--server <id>", "the server")
    .option("--node <name>", "where it was dropped")
    .option("--connection <id>", "one connection")
    .option(
      "--source <sources>",
      `some of ${dropSourceSchema.options.join(", ")}, separated by commas`,
      wordsOption(dropSourceSchema.options),
    )
    .action(drops);
}

async function drops(options: DropsOptions): Promise<void> {
  const { last, by, namespace, policy, client: from, server, node, connection, source, limit } = options;
  const answer = await askCollector(options, (client) =>
    client.get(dropsAnswerSchema, PATHS.drops, {
      ...lastRange(last),
      ...{ namespace, policy, client: from, server, node, connection, source, limit },
    }),
  );
  printAnswer(
    options,
    answer,
    ({ series, drops }) => (by === "policy" ? textTable(SERIES, series) : textTable(DROPS, drops)),
    ({ drops, total, packets, connections }) =>
      `${drops.length} of ${total} rows; ${packets} packets of ${connections} connections.\n`,
  );
}

function fromText({ isReply, client, server }: Drop): string {
  const end = isReply ? server : client;
  return end === null ? "" : endText(end);
}

function toText({ isReply, client, server }: Drop): string {
  const end = isReply ? client : server;
  return end === null ? "" : endText(end);
}

/** The policy, or what the evidence says in place of one. */
function byText({
  policy,
  prefix,
  reason,
  source,
}: Pick<Drop, "policy" | "prefix" | "reason" | "source">): string {
  if (policy !== null) return policyText(policy);
  if (reason !== "") return `${source} ${reason}`;
  return prefix === "" ? source : `${source} "${prefix}"`;
}

function policyText({ kind, namespace, name, direction }: DroppingPolicy): string {
  const of = namespace === "" ? name : `${namespace}/${name}`;
  return `${kind} ${of}${direction === null ? "" : ` (${direction})`}`;
}
