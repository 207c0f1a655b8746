import { entityId, type MapEdge, mapAnswerSchema, PATHS } from "@hopline/api";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { bytesText, durationText } from "../quantities.js";
import { textTable } from "../text-table.js";
import {
  type ApiOptions,
  apiClient,
  lastRange,
  withApi,
  withLast,
  withNamespaces,
  withOutput,
} from "./api-options.js";

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
  const command = withLast(withApi(program.command("map")), "5m");
  withNamespaces(withOutput(command, "table", "json"), "either end in")
    .description("who talks to whom: one line for each pair of workloads, the busiest first")
    .action(map);
}

async function map(options: MapOptions): Promise<void> {
  const client = apiClient(options);
  try {
    const answer = await client.get(mapAnswerSchema, PATHS.map, {
      ...lastRange(options.last),
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
    if (answer.edges.length === 0)
      process.stderr.write("Nobody who fits talked to anybody in this time; --last looks further back.\n");
  } finally {
    await client.close();
  }
}
