import type { Evidence } from "./evidence.js";
import type { PathConnection } from "./path-connection.js";
import type { PathHop } from "./path-hop.js";

/** What the rows themselves say of a connection that does not work. */
export function rowEvidence(
  connection: PathConnection,
  forward: readonly PathHop[],
  reply: readonly PathHop[],
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
  return evidence;
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
