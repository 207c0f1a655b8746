import { type EndpointsAnswer, endpointsAnswerSchema, PATHS } from "@hopline/api";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  askCollector,
  printAnswer,
  type TableOptions,
  timeOption,
  withApi,
  withOutput,
} from "./api-options.js";

interface EndpointsOptions extends TableOptions {
  readonly at?: number;
}

const COLUMNS: readonly TextColumn<EndpointsAnswer["endpoints"][number]>[] = [
  { title: "ADDRESS", text: (row) => row.address },
  { title: "OWNER", text: (row) => entityText(row.entity) },
  { title: "POD", text: (row) => row.pod },
  { title: "NODE", text: (row) => row.node },
  { title: "SINCE", text: (row) => new Date(row.from).toISOString() },
];

/** `hopline endpoints`: who had which address, now or at a time. */
export function endpointsCommand(program: Command): void {
  withOutput(withApi(program.command("endpoints [text]")), "table", "json")
    .description("who has which address; [text] is part of a name or an address")
    .option("--at <time>", "as of this time, e.g. 2026-11-21T10:00:00Z", timeOption)
    .action(endpoints);
}

async function endpoints(text: string | undefined, options: EndpointsOptions): Promise<void> {
  const answer = await askCollector(options, (client) =>
    client.get(endpointsAnswerSchema, PATHS.endpoints, { q: text, at: options.at, limit: 5000 }),
  );
  printAnswer(
    options,
    answer,
    (found) => textTable(COLUMNS, found.endpoints),
    (found) => (found.endpoints.length > 0 ? "" : "Nobody who fits has an address.\n"),
  );
}
