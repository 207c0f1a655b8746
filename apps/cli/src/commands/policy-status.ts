import {
  PATHS,
  type PolicyAnswer,
  type PolicyFigures,
  policyAnswerSchema,
  policyNameText,
} from "@hopline/api";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { EXIT_NOT_WELL } from "../exit-codes.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  askCollector,
  lastRange,
  type NamespaceOptions,
  printAnswer,
  withApi,
  withLast,
  withNamespaces,
  withOutput,
} from "./api-options.js";

const count = (title: string, pick: (policy: PolicyFigures) => number): TextColumn<PolicyFigures> => ({
  title,
  align: "right",
  text: (policy) => String(pick(policy)),
});

const COLUMNS: readonly TextColumn<PolicyFigures>[] = [
  {
    title: "POLICY",
    text: (policy) => `${policyNameText(policy)}${policy.present ? "" : " (gone)"}`,
  },
  count("PODS", ({ pods }) => pods),
  count("ALLOWED", ({ counts }) => counts.allowed),
  count("DENIED", ({ counts }) => counts.deniedObserved + counts.deniedInferred),
  count("UNENFORCED", ({ counts }) => counts.unenforced),
  count("UNDELIVERED", ({ counts }) => counts.undelivered),
  count("UNDETERMINED", ({ counts }) => counts.undetermined),
  {
    title: "RULES UNUSED",
    align: "right",
    text: ({ rules }) => `${rules.filter(({ connections }) => connections === 0).length}/${rules.length}`,
  },
];

/**
 * `hopline policy status`: what each policy allowed and denied. Ends with 3 where policies are not enforced or cannot be
 * read.
 */
export function policyStatusCommand(policy: Command): void {
  const command = withLast(withApi(policy.command("status")), "15m");
  withNamespaces(withOutput(command, "table", "json"), "policies in")
    .description(
      "what each policy allowed and denied, and whom none selects (exit code 3 where any is not enforced)",
    )
    .action(policyStatus);
}

async function policyStatus(options: NamespaceOptions): Promise<void> {
  const { last, namespace } = options;
  const answer = await askCollector(options, (client) =>
    client.get(policyAnswerSchema, PATHS.policy, { ...lastRange(last), namespace }),
  );
  printAnswer(options, answer, ({ policies }) => textTable(COLUMNS, policies), notes);
  if (answer.problems.length > 0 || answer.totals.unenforced > 0) process.exitCode = EXIT_NOT_WELL;
}

function notes({ totals, uncovered, problems, missing }: PolicyAnswer): string {
  const open = uncovered.filter(({ ingress, egress }) => !ingress && !egress);
  const lines = [
    `Of ${totals.connections} connections ${totals.deniedObserved + totals.deniedInferred} were denied, and ${totals.unenforced} went through although they are denied.`,
    ...(open.length === 0
      ? []
      : [`No policy selects ${open.map(({ workload }) => entityText(workload)).join(", ")}.`]),
    ...problems.map(
      ({ object, field, message }) => `${[object, field, message].filter(Boolean).join(": ")}.`,
    ),
    ...(missing === null ? [] : [missing]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
