import { type AgentStatus, PATHS, type Status, statusSchema } from "@hopline/api";
import type { Command } from "commander";
import { EXIT_NOT_WELL } from "../exit-codes.js";
import { bytesText } from "../quantities.js";
import { type TextColumn, textTable } from "../text-table.js";
import { askCollector, printAnswer, type TableOptions, withApi, withOutput } from "./api-options.js";

const AGENTS: readonly TextColumn<AgentStatus>[] = [
  { title: "NODE", text: (agent) => agent.node },
  { title: "AGENT", text: (agent) => agent.state },
  { title: "VERSION", text: (agent) => agent.agentVersion },
  { title: "SEEN", align: "right", text: (agent) => String(agent.seenFrames) },
  { title: "COUNTED", align: "right", text: (agent) => String(agent.countedFrames) },
  { title: "DROPPED", align: "right", text: (agent) => String(agent.droppedFrames) },
  { title: "ACTIVE FLOWS", align: "right", text: (agent) => String(agent.activeFlows) },
  { title: "INTERFACES", align: "right", text: (agent) => String(agent.interfaces) },
];

/** `hopline status`: how complete the picture is. Ends with 3 where something is wrong. */
export function statusCommand(program: Command): void {
  withOutput(withApi(program.command("status")), "table", "json")
    .description("agents, store and watches: how complete the picture is (exit code 3 where it is not)")
    .action(status);
}

async function status(options: TableOptions): Promise<void> {
  const answer = await askCollector(options, (client) => client.get(statusSchema, PATHS.status));
  printAnswer(options, answer, statusText);
  if (!isWell(answer)) process.exitCode = EXIT_NOT_WELL;
}

function isWell(answer: Status): boolean {
  const agentsLive = answer.agents.length > 0 && answer.agents.every((agent) => agent.state === "live");
  return (
    agentsLive &&
    answer.store.state === "ready" &&
    answer.watches.every(({ state }) => state === "watching" || state === "loaded" || state === "absent")
  );
}

function alertingText({ firing, pending, rules, lastError, receivers }: Status["alerting"]): string {
  const failing = receivers.filter(({ state }) => state === "failing");
  const error = lastError ?? failing[0]?.lastError ?? null;
  return `alerts    ${rules} rules, ${firing} firing, ${pending} pending, ${receivers.length} receivers${error === null ? "" : ` (${error})`}`;
}

function statusText(answer: Status): string {
  const { store, ingest } = answer;
  const storeError = store.lastError === null ? "" : ` (${store.lastError})`;
  const lines = [
    `collector ${answer.version}, cluster ${answer.cluster}`,
    `store     ${store.kind} ClickHouse ${store.engineVersion}: ${store.state}${storeError}`,
    ...store.tables.map((table) => `          ${table.name}: ${table.rows} rows, ${bytesText(table.bytes)}`),
    `ingest    ${ingest.batches} batches, ${ingest.rows} rows, ${ingest.rejected} rejected, ${ingest.unnamed} rows unnamed`,
    alertingText(answer.alerting),
    ...answer.watches.map(
      (watch) =>
        `watch     ${watch.resource}: ${watch.state}, ${watch.objects} objects${watch.lastError === null ? "" : ` (${watch.lastError})`}`,
    ),
    ...answer.connectionWatches.map(
      ({ client, servers, protocol, until }) =>
        `on demand ${protocol} ${client} to ${servers.map(({ address, port }) => `${address}:${port}`).join(" and ")}, for ${Math.max(0, Math.ceil((until - answer.now) / 1000))} s more`,
    ),
    ...answer.policyProblems.map(
      ({ object, field, message }) => `policy    ${[object, field, message].filter(Boolean).join(": ")}`,
    ),
  ];
  const agents =
    answer.agents.length === 0 ? "no agent has reported yet\n" : textTable(AGENTS, answer.agents);
  return `${lines.join("\n")}\n\n${agents}`;
}
