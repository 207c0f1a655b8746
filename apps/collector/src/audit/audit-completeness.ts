import type { AuditCompleteness, AuditNode } from "@hopline/api";
import type { AuditRecord } from "@hopline/store";

/** Whether a range is wholly on record, and why not, in sentences. */
export function auditCompleteness(record: AuditRecord): AuditCompleteness {
  const nodes = [...record.nodes].sort(
    (one, other) =>
      shareOf(one) - shareOf(other) || (one.node < other.node ? -1 : one.node > other.node ? 1 : 0),
  );
  const expected = sum(nodes, ({ expected }) => expected);
  const reasons = [...reasonsOfTime(record), ...reasonsOfNodes(record, nodes)];
  return {
    complete: reasons.length === 0,
    reasons,
    share: expected === 0 ? null : sum(nodes, ({ complete }) => complete) / expected,
    openFrom: record.openFromMs,
    recordFrom: record.recordFromMs,
    keptFrom: record.keptFromMs,
    nodes,
  };
}

function reasonsOfTime(record: AuditRecord): string[] {
  const { range, openFromMs, recordFromMs, keptFromMs, retentionFromMs, framesBeforeKept } = record;
  const reasons: string[] = [];
  if (recordFromMs === null) reasons.push("No agent has reported to this store yet.");
  else if (recordFromMs > range.from)
    reasons.push(`The record begins at ${time(recordFromMs)}: before that, no agent reported.`);
  if (retentionFromMs !== null)
    reasons.push(
      `The range begins before ${time(retentionFromMs)}: older connections are kept no longer and may lack.`,
    );
  else if (framesBeforeKept > 0)
    reasons.push(
      keptFromMs === null
        ? "Agents counted packets in this range, and no connection of it is there: they were evicted for want of disk space, or refused."
        : `Agents counted packets in this range before ${time(keptFromMs)}, and no connection of then is there: they were evicted for want of disk space, or refused.`,
    );
  if (openFromMs !== null)
    reasons.push(`Windows from ${time(openFromMs)} on are not closed yet: their rows may still be arriving.`);
  return reasons;
}

function reasonsOfNodes({ knowsNodes }: AuditRecord, nodes: readonly AuditNode[]): string[] {
  const reasons: string[] = [];
  if (!knowsNodes)
    reasons.push("Which nodes the cluster had then is not known: one without an agent would not be noticed.");
  const silent = nodes.filter(({ heard, expected }) => !heard && expected > 0);
  if (silent.length > 0) reasons.push(`Never heard: ${named(silent)}.`);
  const say = (count: (node: AuditNode) => number, what: string) => {
    const some = nodes.filter((node) => node.heard && count(node) > 0);
    const windows = sum(some, count);
    if (some.length > 0)
      reasons.push(`${windows} ${windows === 1 ? "window" : "windows"} ${what} (${named(some)}).`);
  };
  say(({ missing }) => missing, "of ten seconds without a word from the node's agent");
  say(({ interrupted }) => interrupted, "in which an agent started or stopped");
  say(({ sampled }) => sampled, "in which connections were sampled");
  say(({ dropped }) => dropped, "in which the packet ring had no room");
  say(({ evicted }) => evicted, "in which flows were evicted from an agent's table");
  say(({ lostBatches }) => lostBatches, "in which an agent lost batches");
  say(({ lateInterfaces }) => lateInterfaces, "in which a new interface was captured late");
  say(({ conntrackLost }) => conntrackLost, "in which conntrack events were lost");
  return reasons;
}

const MOST_NAMED = 5;

function named(nodes: readonly AuditNode[]): string {
  const names = nodes.slice(0, MOST_NAMED).map(({ node }) => node);
  const more = nodes.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}

function shareOf({ complete, expected }: AuditNode): number {
  return expected === 0 ? 1 : complete / expected;
}

function sum(nodes: readonly AuditNode[], count: (node: AuditNode) => number): number {
  return nodes.reduce((total, node) => total + count(node), 0);
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
