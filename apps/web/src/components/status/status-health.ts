import type { Status } from "@hopline/api";
import { formatCount, formatShare } from "../../units/quantity";

export interface Health {
  readonly level: "unknown" | "good" | "warn" | "bad";
  /** A few words. */
  readonly title: string;
  /** What is not known, a sentence each; empty where the record is whole. */
  readonly reasons: readonly string[];
}

/** What the status says about how whole the record of the last minutes is. */
export function healthOf(status: Status | undefined): Health {
  if (status === undefined) return { level: "unknown", title: "Loading…", reasons: [] };
  const bad: string[] = [];
  const warn: string[] = [];

  if (status.store.state === "unavailable")
    bad.push(
      `The store is unavailable (${status.store.lastError ?? "no reason given"}): nothing new is kept.`,
    );
  if (status.agents.length === 0)
    bad.push("No agent has reported yet: no traffic can be seen. Start an agent on every node.");
  for (const agent of status.agents) {
    if (agent.state === "silent")
      bad.push(`The agent on ${agent.node} is silent: traffic there is not seen.`);
    if (agent.state === "late")
      warn.push(`The agent on ${agent.node} is late: its newest windows are missing.`);
    if (agent.droppedFrames > 0)
      warn.push(
        `${agent.node} dropped ${formatCount(agent.droppedFrames)} frames of the last five minutes (${formatShare(agent.droppedFrames / Math.max(1, agent.seenFrames + agent.droppedFrames))}): counters there are too low.`,
      );
    if (agent.conntrackLost > 0)
      warn.push(
        `${agent.node} lost ${formatCount(agent.conntrackLost)} conntrack events: some connections there may go by the wrong name.`,
      );
    if (agent.sampling !== 1)
      warn.push(`${agent.node} samples connections (1 in ${formatCount(agent.sampling)}).`);
  }
  for (const watch of status.watches) {
    if (!isFollowing(watch.state) && watch.lastError !== null)
      warn.push(`The watch on ${watch.resource} does not follow the cluster: ${watch.lastError}.`);
  }
  for (const { object, field, message } of status.policyProblems)
    warn.push(`${object} cannot be read and is not judged by: ${field === "" ? "it" : field} ${message}.`);
  if (status.ingest.rejected > 0)
    warn.push(`${formatCount(status.ingest.rejected)} batches were rejected since the collector started.`);

  const reasons = [...bad, ...warn];
  if (bad.length > 0) return { level: "bad", title: titleOf(status, reasons.length), reasons };
  if (warn.length > 0) return { level: "warn", title: titleOf(status, reasons.length), reasons };
  const count = status.agents.length;
  return { level: "good", title: `${count} ${count === 1 ? "agent" : "agents"} live`, reasons };
}

function titleOf(status: Status, count: number): string {
  if (status.agents.length === 0) return "No agents";
  return `${count} ${count === 1 ? "gap" : "gaps"} known`;
}

/**
 * Whether a watch's state means that its objects are known: watched in a cluster, loaded from files, or of a kind that the
 * cluster does not have.
 */
export function isFollowing(state: string): boolean {
  return state === "watching" || state === "loaded" || state === "absent";
}
