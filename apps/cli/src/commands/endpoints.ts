import { endpointsAnswerSchema, PATHS } from "@hopline/api";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { textTable } from "../text-table.js";
import { type ApiOptions, apiClient, timeOption, withApi, withOutput } from "./api-options.js";

interface EndpointsOptions extends ApiOptions {
  readonly at?: number;
  readonly output: "table" | "json";
}

/** `hopline endpoints`: who had which address, now or at a time. */
export function endpointsCommand(program: Command): void {
  withOutput(withApi(program.command("endpoints [text]")), "table", "json")
    .description("who has which address; [text] is part of a name or an address")
    .option("--at <time>", "as of this time, e.g. 2026-11-21T10:00:00Z", timeOption)
    .action(endpoints);
}

async function endpoints(text: string | undefined, options: EndpointsOptions): Promise<void> {
  const client = apiClient(options);
  try {
    const answer = await client.get(endpointsAnswerSchema, PATHS.endpoints, {
      q: text,
      at: options.at,
      limit: 5000,
    });
    if (options.output === "json") {
      process.stdout.write(`${JSON.stringify(answer)}\n`);
      return;
    }
    process.stdout.write(
      textTable(
        [
          { title: "ADDRESS", text: (row) => row.address },
          { title: "OWNER", text: (row) => entityText(row.entity) },
          { title: "POD", text: (row) => row.pod },
          { title: "NODE", text: (row) => row.node },
          { title: "SINCE", text: (row) => new Date(row.from).toISOString() },
        ],
        answer.endpoints,
      ),
    );
  } finally {
    await client.close();
  }
}
