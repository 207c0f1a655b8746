import { entityId, type MapAnswer, type MapEdge, mapAnswerSchema, PATHS } from "@hopline/api";
import type { Command } from "commander";
import { entityText } from "../connection-text.js";
import { bytesText, durationText } from "../quantities.js";
import { textTable } from "../text-table.js";
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

async function map(options: NamespaceOptions): Promise<void> {
  const { last, namespace } = options;
  const answer = await askCollector(options, (client) =>
    client.get(mapAnswerSchema, PATHS.map, {
      ...lastRange(last),
      ...{ namespace, maxNodes: 1000, maxEdges: 5000 },
    }),
  );
  printAnswer(options, answer, tableOf, ({ edges }) =>
    edges.length > 0 ? "" : "Nobody who fits talked to anybody in this time; --last looks further back.\n",
  );
}

function tableOf({ nodes, edges }: MapAnswer): string {
  const names = new Map(nodes.map((node) => [node.id, entityText(node.entity)]));
  for (const node of nodes) names.set(entityId(node.entity), entityText(node.entity));
  return textTable(
    [
      { title: "CLIENT", text: (edge) => names.get(edge.client) ?? edge.client },
      { title: "SERVER", text: (edge) => names.get(edge.server) ?? edge.server },
      { title: "PORTS", text: (edge) => edge.ports.map(portText).join(",") },
      { title: "CONNECTIONS", align: "right", text: (edge) => String(edge.connections) },
      { title: "SENT", align: "right", text: (edge) => bytesText(edge.forwardBytes) },
      { title: "RECEIVED", align: "right", text: (edge) => bytesText(edge.replyBytes) },
      { title: "HANDSHAKE P50", align: "right", text: (edge) => durationText(edge.handshakeP50Us) },
    ],
    edges,
  );
}
