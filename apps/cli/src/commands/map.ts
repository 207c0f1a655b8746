import { entityId, type MapEdge, mapAnswerSchema, PATHS } from "@hopline/api";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { bytesText, durationText } from "../quantities.js";
import { textTable } from "../text-table.js";
import { type ApiOptions, apiClient, durationOption, withApi, wordOption } from "./api-options.js";

interface MapOptions extends ApiOptions {
  readonly last: number;
  readonly namespace?: string;
  readonly output: "table" | "json";
}

/** ICMP has no ports. */
function portText({ protocol, port }: MapEdge["ports"][number]): string {
  return protocol === "icmp" || protocol === "icmpv6" ? protocol : `${protocol}/${port}`;
}

/** `hopline map`: who talks to whom, the busiest first. */
export function mapCommand(program: Command): void {
  withApi(program.command("map"))
    .description("who talks to whom: one line for each pair of workloads, the busiest first")
    .option("--last <duration>", "how far back", durationOption, 5 * 60_000)
    .option("-n, --namespace <names>", "either end in one of these, separated by commas")
    .option("-o, --output <form>", "table or json", wordOption("table", "json"), "table")
    .action(map);
}

async function map(options: MapOptions): Promise<void> {
  const client = apiClient(options);
  try {
    const now = Date.now();
    const answer = await client.get(mapAnswerSchema, PATHS.map, {
      from: now - options.last,
      to: now,
      namespace: options.namespace,
      maxNodes: 1000,
      maxEdges: 5000,
    });
    if (options.output === "json") {
      process.stdout.write(`${JSON.stringify(answer)}\n`);
      return;
    }
    const names = new Map(answer.nodes.map((node) => [node.id, entityText(node.entity)]));
    for (const node of answer.nodes) names.set(entityId(node.entity), entityText(node.entity));
    process.stdout.write(
      textTable(
        [
          { title: "CLIENT", text: (edge) => names.get(edge.client) ?? edge.client },
          { title: "SERVER", text: (edge) => names.get(edge.server) ?? edge.server },
          {
            title: "PORTS",
            text: (edge) => edge.ports.map(portText).join(","),
          },
          { title: "CONNECTIONS", align: "right", text: (edge) => String(edge.connections) },
          { title: "SENT", align: "right", text: (edge) => bytesText(edge.forwardBytes) },
          { title: "RECEIVED", align: "right", text: (edge) => bytesText(edge.replyBytes) },
          { title: "HANDSHAKE P50", align: "right", text: (edge) => durationText(edge.handshakeP50Us) },
        ],
        answer.edges,
      ),
    );
  } finally {
    await client.close();
  }
}
