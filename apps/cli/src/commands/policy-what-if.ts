import {
  PATHS,
  type PolicyName,
  policyNameText,
  verdictDecidedBy,
  type WhatIfAnswer,
  whatIfAnswerSchema,
} from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { EXIT_FAILED } from "../exit-codes.js";
import { JoinedManifests } from "../policy/joined-manifests.js";
import { policyNameOption } from "../policy/policy-name-option.js";
import { readProposedFiles } from "../policy/proposed-files.js";
import { protocolPortText } from "../policy/protocol-port-text.js";
import { type TextColumn, textTable } from "../text-table.js";
import { type ApiOptions, apiClient, withApi, withLast, withNamespaces, withOutput } from "./api-options.js";

interface WhatIfOptions extends ApiOptions {
  readonly file: readonly string[];
  readonly remove: readonly PolicyName[];
  readonly since: number;
  readonly namespace?: string;
  readonly all: boolean;
  readonly output: "table" | "json";
}

type Group = WhatIfAnswer["groups"][number];

const COLUMNS: readonly TextColumn<Group>[] = [
  { title: "CHANGE", text: ({ change }) => change.replace("-", " ") },
  { title: "FROM", text: ({ client }) => entityText(client) },
  { title: "TO", text: ({ server }) => entityText(server) },
  { title: "PORT", text: protocolPortText },
  { title: "CONNECTIONS", align: "right", text: ({ connections }) => String(connections) },
  { title: "BEFORE", text: ({ before }) => before.verdict },
  { title: "AFTER", text: ({ after }) => afterText(after) },
];

/**
 * `hopline policy what-if`: policies tried on traffic that was seen, before anything is applied. Policies with problems, and those
 * to be removed that are not there, are named on standard error and end it with status 1; the others are tried all the same.
 */
export function policyWhatIfCommand(policy: Command): void {
  const command = withLast(
    withApi(policy.command("what-if")),
    "24h",
    "over the traffic of so long",
    "--since",
  );
  withNamespaces(withOutput(command, "table", "json"), "only traffic with an end in")
    .description("which connections that were seen policies would newly deny or allow; nothing is applied")
    .option(
      "-f, --file <file>",
      "manifest with policies, or - for standard input; may be repeated",
      repeated,
      [],
    )
    .option("--remove <policy>", "try without this one, e.g. shop/web; may be repeated", policyNameOption, [])
    .option("--all", "also what stays as it is", false)
    .action(policyWhatIf);
}

function repeated(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

async function policyWhatIf(options: WhatIfOptions): Promise<void> {
  if (options.file.length === 0 && options.remove.length === 0) {
    throw new Fault({
      code: "POLICY_PROPOSAL_EMPTY",
      message: "There is nothing to try.",
      hint: "Name a manifest with -f, or a policy with --remove.",
    });
  }
  const manifests = new JoinedManifests(readProposedFiles(options.file));
  const client = apiClient(options);
  try {
    const now = Date.now();
    const answer = await client.post(whatIfAnswerSchema, PATHS.policyWhatIf, {
      yaml: manifests.text,
      remove: options.remove,
      from: now - options.since,
      to: now,
      ...(options.namespace === undefined ? {} : { namespace: options.namespace.split(",") }),
    });
    process.stdout.write(options.output === "json" ? `${JSON.stringify(answer)}\n` : table(answer, options));
    const wrong = [...problemsIn(answer, manifests), ...untried(answer)];
    for (const sentence of wrong) process.stderr.write(`hopline: ${sentence}\n`);
    if (wrong.length > 0) process.exitCode = EXIT_FAILED;
    process.stderr.write(summary(answer));
  } finally {
    await client.close();
  }
}

function problemsIn({ problems }: WhatIfAnswer, manifests: JoinedManifests): string[] {
  return problems.map(({ line, object, field, message }) =>
    [manifests.placeOf(line), object, field, message].filter((part) => part !== "").join(": "),
  );
}

/** What was asked for and could not be tried. */
function untried({ policies, problems }: WhatIfAnswer): string[] {
  if (policies.length === 0 && problems.length === 0) return ["There is no policy in it to try."];
  return policies
    .filter(({ change }) => change === "absent")
    .map((policy) => `There is no ${policyNameText(policy)} to try without.`);
}

function table({ groups, traffic }: WhatIfAnswer, { all }: WhatIfOptions): string {
  if (traffic.connections === 0) return "No traffic was seen to try it on.\n";
  const shown = groups.filter(
    ({ change, before }) => all || (!change.startsWith("still") && !isAsUnclear(change, before)),
  );
  return shown.length === 0 ? "Nothing that was seen would change.\n" : textTable(COLUMNS, shown);
}

/** Neither with nor without the proposal can it be decided. */
function isAsUnclear(change: Group["change"], before: Group["before"]): boolean {
  return change === "undetermined" && before.verdict === "undetermined";
}

function afterText({ verdict, doubt, record }: Group["after"]): string {
  const why = doubt ?? (record === null ? undefined : verdictDecidedBy(record));
  return why === undefined ? verdict : `${verdict}: ${why}`;
}

function summary({ traffic, connections, policies, passedOver, leftOutGroups }: WhatIfAnswer): string {
  const { newlyDenied, newlyAllowed, undetermined } = connections;
  const lines = [
    ...policies
      .filter(({ change }) => change !== "absent")
      .map((policy) => `${policyNameText(policy)}: ${policy.change}, ${policy.pods} pods.`),
    ...(passedOver.length === 0 ? [] : [`Passed over, being no policies: ${passedOver.join(", ")}.`]),
    `Of ${traffic.connections} connections: ${newlyDenied} newly denied, ${newlyAllowed} newly allowed, ${undetermined} undetermined.`,
    ...(traffic.leftOutRows === 0
      ? []
      : [
          `${traffic.leftOutRows} rows of traffic, those of the fewest connections, were left out; ask for less with --since or -n.`,
        ]),
    ...(traffic.unknownThen === 0
      ? []
      : [
          `Of ${traffic.unknownThen} connections it is not known which labels an end had then: it was judged by those of now.`,
        ]),
    ...(leftOutGroups === 0 ? [] : [`${leftOutGroups} more groups are not shown.`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
