import type { AgentStatus } from "@hopline/api";
import { formatCount, formatDuration, formatExactCount, formatShare } from "../../units/quantity";
import { Card } from "../surface/card";
import { type DataColumn, DataTable } from "../surface/data-table";
import { ClockText } from "../time/clock-text";
import { type StateLevel, StateWord } from "./state-word";

const LEVELS: Record<AgentStatus["state"], StateLevel> = { live: "good", late: "warn", silent: "bad" };

export function AgentTable({ agents, nowMs }: { agents: readonly AgentStatus[]; nowMs: number }) {
  const columns: readonly DataColumn<AgentStatus>[] = [
    { name: "Node", cell: ({ node }) => <span className="font-medium">{node}</span> },
    { name: "State", cell: ({ state }) => <StateWord level={LEVELS[state]}>{state}</StateWord> },
    {
      name: "Last batch",
      cell: ({ lastBatchAt }) =>
        lastBatchAt === null ? (
          "none yet"
        ) : (
          <span className="whitespace-nowrap">
            <ClockText timeMs={lastBatchAt} />{" "}
            <span className="text-2xs text-muted">{formatDuration(nowMs - lastBatchAt)} ago</span>
          </span>
        ),
    },
    { name: "Frames seen", numeric: true, cell: ({ seenFrames }) => formatCount(seenFrames) },
    {
      name: "Dropped",
      numeric: true,
      cell: ({ droppedFrames, seenFrames }) => (
        <span className={droppedFrames > 0 ? "font-medium whitespace-nowrap text-warn" : "text-muted"}>
          {formatExactCount(droppedFrames)}
          {droppedFrames > 0 ? ` (${formatShare(droppedFrames / (seenFrames + droppedFrames))})` : ""}
        </span>
      ),
    },
    { name: "Not counted, by reason", cell: (agent) => <Uncounted agent={agent} /> },
    {
      name: "Conntrack lost",
      numeric: true,
      cell: ({ conntrackLost }) => (
        <span className={conntrackLost > 0 ? "font-medium text-warn" : "text-muted"}>
          {formatExactCount(conntrackLost)}
        </span>
      ),
    },
    { name: "Active flows", numeric: true, cell: ({ activeFlows }) => formatCount(activeFlows) },
    { name: "Interfaces", numeric: true, cell: ({ interfaces }) => interfaces },
    {
      name: "Sampling",
      numeric: true,
      cell: ({ sampling }) => (sampling === 1 ? <span className="text-muted">all</span> : `1 in ${sampling}`),
    },
    { name: "Version", cell: ({ agentVersion }) => <span className="text-muted">{agentVersion}</span> },
  ];
  return (
    <Card title="Agents" aside="frames of the last five minutes">
      {agents.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted">
          No agent has reported yet. Start one on every node.
        </p>
      ) : (
        <DataTable caption="Agents" columns={columns} rows={agents} keyOf={({ node }) => node} />
      )}
    </Card>
  );
}

function Uncounted({ agent }: { agent: AgentStatus }) {
  const reasons = Object.entries(agent.uncounted)
    .filter(([, frames]) => frames > 0)
    .sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return <span className="text-muted">none</span>;
  return (
    <span className="block min-w-44 text-xs text-muted">
      {reasons
        .map(([reason, frames]) => `${reason.replaceAll("_", " ")} ${formatExactCount(frames)}`)
        .join(", ")}
    </span>
  );
}
