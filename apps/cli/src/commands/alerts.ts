import {
  type Alert,
  type AlertFigure,
  alertRuleSchema,
  alertStateSchema,
  alertsAnswerSchema,
  PATHS,
} from "@hopline/api";
import type { Command } from "commander";
import { EXIT_NOT_WELL } from "../exit-codes.js";
import { bytesText, clockText, durationText } from "../quantities.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  askCollector,
  lastRange,
  printAnswer,
  type RecentOptions,
  withApi,
  withLast,
  withLimit,
  withOutput,
  wordsOption,
} from "./api-options.js";

interface AlertsOptions extends RecentOptions {
  readonly limit: number;
  readonly state?: string;
  readonly rule?: string;
}

const COLUMNS: readonly TextColumn<Alert>[] = [
  { title: "STATE", text: ({ state, resolution }) => (resolution === "no-data" ? "no data" : state) },
  { title: "SEVERITY", text: ({ severity }) => severity },
  { title: "RULE", text: ({ rule }) => rule },
  { title: "SINCE", text: ({ firedAt, pendingAt }) => clockText(firedAt ?? pendingAt).slice(0, 8) },
  {
    title: "UNTIL",
    text: ({ resolvedAt }) => (resolvedAt === null ? "" : clockText(resolvedAt).slice(0, 8)),
  },
  { title: "ABOUT", text: ({ labels }) => labelsText(labels) },
  { title: "VALUE", align: "right", text: ({ facts }) => figureText(facts) },
  { title: "SUMMARY", text: ({ summary }) => summary },
];

/** `hopline alerts`: what is wrong, and what was. Ends with 3 where something fires. */
export function alertsCommand(program: Command): void {
  const command = withLast(withApi(program.command("alerts")), "1h", "those of so long ago until now");
  withOutput(withLimit(command, 200), "table", "json")
    .description("alerts, those that fire first (exit code 3 where one fires)")
    .option(
      "--state <states>",
      `${alertStateSchema.options.join(", ")}; separated by commas`,
      wordsOption(alertStateSchema.options),
    )
    .option(
      "--rule <rules>",
      "only of these rules, separated by commas",
      wordsOption(alertRuleSchema.options),
    )
    .action(alerts);
}

async function alerts(options: AlertsOptions): Promise<void> {
  const { last, state, rule, limit } = options;
  const answer = await askCollector(options, (client) =>
    client.get(alertsAnswerSchema, PATHS.alerts, { ...lastRange(last), state, rule, limit }),
  );
  const firing = answer.alerts.filter((alert) => alert.state === "firing").length;
  if (firing > 0) process.exitCode = EXIT_NOT_WELL;
  printAnswer(
    options,
    answer,
    () => textTable(COLUMNS, answer.alerts),
    () => `${answer.alerts.length} of ${answer.total} alerts; ${firing} firing.\n`,
  );
}

/** `source_node=node1 destination_node=node2 segment=wire`. */
function labelsText(labels: Alert["labels"]): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function figureText({ value, unit }: Pick<AlertFigure, "unit"> & { readonly value: number }): string {
  switch (unit) {
    case "share":
      return `${(value * 100).toPrecision(3)} %`;
    case "us":
      return durationText(value);
    case "ms":
      return durationText(value * 1000);
    case "bytes":
      return bytesText(value);
    case "factor":
      return `x${value.toPrecision(3)}`;
    case "per-second":
      return `${value.toPrecision(3)}/s`;
    case "count":
      return String(value);
  }
}
