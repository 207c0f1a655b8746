import type { Completeness } from "./completeness.js";
import type { Evidence } from "./evidence.js";
import type { PathConnection } from "./path-connection.js";
import type { PathHop } from "./path-hop.js";

/** What the rows themselves say of a connection that does not work. */
export function rowEvidence(
  connection: PathConnection,
  forward: readonly PathHop[],
  reply: readonly PathHop[],
  completeness: Completeness,
): Evidence[] {
  const evidence: Evidence[] = [];
  for (const hop of [...forward, ...reply]) {
    const errors = hop.rows.filter((row) => row.icmpError !== null);
    const last = errors.reduce<(typeof errors)[number] | undefined>(
      (latest, row) => (latest === undefined || row.lastSeenUs >= latest.lastSeenUs ? row : latest),
      undefined,
    );
    if (last?.icmpError != null) evidence.push({ kind: "icmp-error", node: hop.node, error: last.icmpError });
  }
  const reset = resetEvidence(connection, reply);
  if (reset !== undefined) evidence.push(reset);
  const syns = Math.max(0, ...forward.map((hop) => hop.counters.synPackets));
  const isOpened = forward.some((hop) => hop.counters.payloadBytes > 0);
  const isAnswered = reply.some((hop) => hop.counters.packets > 0);
  if (connection.protocol === "tcp" && syns > 0 && !isOpened && !isAnswered)
    evidence.push({ kind: "unanswered-syn", packets: syns });
  const unreplied = unrepliedNode(forward, reply, completeness);
  if (unreplied !== undefined) evidence.push({ kind: "conntrack-unreplied", node: unreplied });
  return evidence;
}

/**
 * The last node that saw it, where it left that node with an entry in conntrack and the node saw nothing come back: then the entry
 * is UNREPLIED. What did not leave the node may owe its entry to the drop itself (docs/design.md, decision 2).
 */
function unrepliedNode(
  forward: readonly PathHop[],
  reply: readonly PathHop[],
  completeness: Completeness,
): string | undefined {
  const last = forward.findLast(({ state }) => state === "seen");
  if (last === undefined || last.crossing !== "out" || !last.rows.some(({ isTracked }) => isTracked))
    return undefined;
  const isReplied = reply.some(({ node, state }) => node === last.node && state === "seen");
  const isWhole = last.rows.every(({ node, windowStart }) => {
    const doubt = completeness.doubt(node, windowStart);
    return doubt === undefined || doubt === "not-settled";
  });
  return !isReplied && isWhole ? last.node : undefined;
}

/**
 * An RST that refused the connection, and who sent it: the receiver, where the hop next to it has it; somebody on the way,
 * where that hop was watched and has not.
 */
function resetEvidence(connection: PathConnection, reply: readonly PathHop[]): Evidence | undefined {
  const isAccepted = reply.some((hop) => hop.counters.synAckPackets > 0 || hop.counters.payloadBytes > 0);
  const first = reply.findIndex((hop) => hop.counters.rstPackets > 0);
  const hop = reply[first];
  if (hop === undefined || isAccepted) return undefined;
  const passedBy = reply.slice(0, first).some((one) => one.state !== "unwatched" && !one.optional);
  const byNetwork = passedBy || connection.server.kind === "service";
  return {
    kind: "reset",
    node: hop.node,
    by: byNetwork ? "network" : "receiver",
    packets: hop.counters.rstPackets,
  };
}
