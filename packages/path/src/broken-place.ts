import type { Completeness } from "./completeness.js";
import { byTelling, count, type Evidence, evidenceText } from "./evidence.js";
import type { SegmentKind } from "./expected-hops.js";
import { type HopRow, sumCounters } from "./hop-row.js";
import { type Direction, endsOf, type PathConnection } from "./path-connection.js";
import type { PathHop } from "./path-hop.js";
import { rowEvidence } from "./row-evidence.js";
import { segmentKind } from "./segment.js";

/** What does not come through. */
export type Missing =
  /** Not one packet. */
  | "everything"
  /** Packets with payload; those without pass. */
  | "payload"
  /** Everything, from some time on. */
  | "everything-since";

/** Where a connection breaks: between the last hop that saw it and the next that should have. */
export interface BrokenPlace {
  readonly direction: Direction;
  readonly missing: Missing;
  /** Index into the direction's hops; null where no hop saw it. */
  readonly lastSeen: number | null;
  /** Index into the direction's hops; null where it is the receiver that does not answer. */
  readonly firstSilent: number | null;
  /** Null where it is the receiver. */
  readonly segment: SegmentKind | null;
  /** The most telling first. */
  readonly evidence: readonly Evidence[];
  /** Where, why as far as is known, and what to do. */
  readonly sentence: string;
}

/** Clocks of two nodes may differ by so much before a silence at one of them means anything. */
const CLOCK_TOLERANCE_US = 10e6;
const SAME_NODE_SILENCE_US = 1e6;

/** What a connection's hops tell of the place where it breaks. */
export interface FoundPlace {
  /** Null where nothing is missing. */
  readonly broken: BrokenPlace | null;
  /** Where it breaks if the node's state says so too; null where something is broken for certain, or nothing seems to be. */
  readonly suspected: BrokenPlace | null;
}

/** @param given what is known of the place beside the hops */
export function findBrokenPlace(
  connection: PathConnection,
  hops: Readonly<Record<Direction, readonly PathHop[]>>,
  given: readonly Evidence[],
  completeness: Completeness,
): FoundPlace {
  const { forward, reply } = hops;
  const evidence = [...given, ...rowEvidence(connection, forward, reply, completeness)];
  const place = (
    direction: Direction,
    missing: Missing,
    lastSeen: number | null,
    firstSilent: number | null,
    more: readonly Evidence[] = [],
  ): BrokenPlace => {
    const along = hops[direction];
    const before = lastSeen === null ? undefined : along[lastSeen];
    const after = firstSilent === null ? undefined : along[firstSilent];
    const nodes = new Set([before?.node, after?.node]);
    // What is known of other nodes is no evidence for this place; an ICMP error says itself whose it is.
    const here = evidence.filter(
      (one) => !("node" in one) || one.kind === "icmp-error" || one.kind === "reset" || nodes.has(one.node),
    );
    const sorted = byTelling([...here, ...more]);
    const segment = before === undefined || after === undefined ? null : segmentKind(before, after);
    const where = placeText(connection, direction, missing, before, after, segment);
    const advice = isUnresolved(connection, direction)
      ? serviceText(connection, before)
      : adviceText(segment, before, after);
    const cause = sorted.map(evidenceText).slice(0, 2).join(" ");
    return {
      direction,
      missing,
      lastSeen,
      firstSilent,
      segment,
      evidence: sorted,
      sentence: [where, cause, cause === "" || isVague(sorted[0]) ? advice : ""]
        .filter((text) => text !== "")
        .join(" "),
    };
  };

  const certain = (...found: Parameters<typeof place>): FoundPlace => ({
    broken: place(...found),
    suspected: null,
  });

  const refused = evidence.find((one) => one.kind === "reset");
  const lastForward = lastSeenOf(forward);
  if (refused !== undefined) {
    const silent =
      refused.by === "network" ? indexOrNull(forward.findIndex((hop) => hop.state === "silent")) : null;
    return certain("forward", "everything", lastForward, silent);
  }
  for (const direction of ["forward", "reply"] as const) {
    const along = hops[direction];
    const silent = along.findIndex((hop) => hop.state === "silent");
    if (silent >= 0) return certain(direction, "everything", lastSeenBefore(along, silent), silent);
    if (direction === "forward" && isUnanswered(connection, hops))
      return certain("forward", "everything", lastForward, null);
    const since = brokenSince(along, completeness);
    if (since !== undefined)
      return certain(direction, since.missing, since.before, since.after, since.evidence);
  }
  // A rule that says so needs no other witness: whatever the hops behind it are yet to tell.
  const isRuledOut = given.some((one) => one.kind === "rule-drop");
  if (isRuledOut && lastForward !== null && lastSeenOf(reply) === null)
    return certain(
      "forward",
      "everything",
      lastForward,
      lastForward + 1 < forward.length ? lastForward + 1 : null,
    );
  for (const direction of ["forward", "reply"] as const) {
    const held = payloadHeldBack(hops[direction]);
    if (held === undefined) continue;
    const found = place(direction, "payload", held.before, held.after);
    const isConfirmed = given.some((one) => one.kind === "mtu" && one.node === held.node);
    return isConfirmed ? { broken: found, suspected: null } : { broken: null, suspected: found };
  }
  return { broken: null, suspected: null };
}

/** Everything arrived and nothing came back: the receiver's own doing, once a hop beside it has had time to tell. */
function isUnanswered(
  { outcome }: PathConnection,
  { forward, reply }: Readonly<Record<Direction, readonly PathHop[]>>,
): boolean {
  if (outcome !== "unanswered" && outcome !== "refused" && outcome !== "dropped") return false;
  const excused = forward.some((hop) => hop.state === "waiting" || hop.state === "uncertain");
  return !excused && lastSeenOf(forward) !== null && lastSeenOf(reply) === null;
}

/** Two neighbours of which the later one went silent, for all packets or for those with payload, in windows that both have whole. */
function brokenSince(hops: readonly PathHop[], completeness: Completeness) {
  // Not every packet need pass an optional hop.
  const seen = hops.flatMap((hop, index) => (hop.state === "seen" && !hop.optional ? [{ hop, index }] : []));
  for (const [position, { hop: after, index }] of seen.entries()) {
    const earlier = seen[position - 1];
    if (earlier === undefined) continue;
    const { hop: before } = earlier;
    const isWhole = ({ windowStart }: HopRow) =>
      completeness.doubt(before.node, windowStart) === undefined &&
      completeness.doubt(after.node, windowStart) === undefined;
    // What was sent again was sent a while ago; an agent tells of all its interfaces at once, whether their windows are closed or not.
    const isTold = (row: HopRow) =>
      isWhole(row) ||
      (before.node === after.node && completeness.doubt(row.node, row.windowStart) === "not-settled");
    const sentRows = before.rows.filter(isWhole);
    const sent = sumCounters(before.rows.filter(isTold));
    const came = sumCounters(after.rows.filter(isTold));
    // Sent again and again, and never once on the other side.
    if (
      sent.payloadBytes > 0 &&
      sent.retransmittedBytes > 0 &&
      after.counters.payloadBytes === 0 &&
      came.packets > 0
    ) {
      const packetBytes = Math.ceil(sent.payloadBytes / sent.payloadPackets);
      const evidence: Evidence[] = [{ kind: "large-packets-lost", node: before.node, packetBytes }];
      return { missing: "payload" as const, before: earlier.index, after: index, evidence };
    }
    const lastSentUs = Math.max(0, ...sentRows.map((row) => row.lastSeenUs));
    const tolerated = before.node === after.node ? SAME_NODE_SILENCE_US : CLOCK_TOLERANCE_US;
    if (lastSentUs - (after.lastSeenUs ?? 0) > tolerated)
      return { missing: "everything-since" as const, before: earlier.index, after: index, evidence: [] };
  }
  return undefined;
}

/**
 * Two hops of one node of which the first counted payload and the other packets without any: what an agent tells of a
 * connection's first half second. It is too early to say that it is lost, unless the node says that packets of that size do not pass.
 */
function payloadHeldBack(hops: readonly PathHop[]) {
  const seen = hops.flatMap((hop, index) => (hop.state === "seen" && !hop.optional ? [{ hop, index }] : []));
  for (const [position, { hop: after, index }] of seen.entries()) {
    const earlier = seen[position - 1];
    if (earlier === undefined || earlier.hop.node !== after.node) continue;
    const isTold = [earlier.hop, after].some(({ counters }) => counters.icmpErrors > 0);
    if (isTold || earlier.hop.counters.payloadBytes === 0 || after.counters.payloadBytes > 0) continue;
    return { node: after.node, before: earlier.index, after: index };
  }
  return undefined;
}

function lastSeenOf(hops: readonly PathHop[]): number | null {
  return indexOrNull(hops.findLastIndex((hop) => hop.state === "seen"));
}

function lastSeenBefore(hops: readonly PathHop[], end: number): number | null {
  return lastSeenOf(hops.slice(0, end));
}

function indexOrNull(index: number): number | null {
  return index < 0 ? null : index;
}

function isVague(evidence: Evidence | undefined): boolean {
  return evidence?.kind === "unanswered-syn" || evidence?.kind === "conntrack-unreplied";
}

/** "veth1 on node1", "the uplink of node2". */
export function hopText(hop: PathHop): string {
  return hop.interfaces.length === 0
    ? `the ${hop.role === "pod" ? "pod's interface" : hop.role} on ${hop.node}`
    : `${hop.interfaces.join(" and ")} on ${hop.node}`;
}

function placeText(
  connection: PathConnection,
  direction: Direction,
  missing: Missing,
  before: PathHop | undefined,
  after: PathHop | undefined,
  segment: SegmentKind | null,
): string {
  const [from, to] = endsOf(connection, direction);
  const what = direction === "forward" ? "Packets" : "Replies";
  const flow = `${what} from ${from.name} to ${to.name}`;
  if (before === undefined) return `No hop saw packets from ${from.name} to ${to.name}.`;
  if (after === undefined) {
    return before.crossing === "out" && before.role === "pod"
      ? `${flow} reach ${to.name} (${hopText(before)}), which sends nothing back.`
      : `${flow} are last seen at ${hopText(before)}, and nothing comes back from beyond.`;
  }
  const counted = count(before.counters.packets, "packet");
  const lost = {
    everything: `pass ${hopText(before)} (${counted}) and never reach ${hopText(after)}`,
    payload: `with payload pass ${hopText(before)} and never reach ${hopText(after)}`,
    "everything-since": `pass ${hopText(before)} and have stopped reaching ${hopText(after)}`,
  }[missing];
  return `${flow} ${lost}: they are lost ${segmentText(segment, before, after)}.`;
}

function segmentText(segment: SegmentKind | null, before: PathHop, after: PathHop): string {
  return segment === "wire"
    ? `on the wire from ${before.node} to ${after.node}`
    : `inside ${before.node}, the ${segment ?? "source node"}`;
}

/** Whether the packets were on their way to a Service and nobody saw them go to a backend. */
function isUnresolved(connection: PathConnection, direction: Direction): boolean {
  return direction === "forward" && connection.server.kind === "service";
}

/** A packet that is dropped before it leaves the node leaves no translation either, so both causes look alike. */
function serviceText({ server }: PathConnection, before: PathHop | undefined): string {
  const node = before === undefined ? "the client's node" : before.node;
  return `Nobody saw them translated to a backend: either Service ${server.name} has no ready one, or ${node} drops them; look at the Service's endpoints, and at the FORWARD chain and the network policies of ${node}.`;
}

function adviceText(
  segment: SegmentKind | null,
  before: PathHop | undefined,
  after: PathHop | undefined,
): string {
  if (before === undefined || after === undefined) return "";
  if (segment !== "wire")
    return `Look at the routes, the FORWARD chain and the network policies of ${before.node}.`;
  const tunnelled =
    before.encapsulation === "none"
      ? ""
      : ` (${before.encapsulation} from ${before.outerSource ?? before.node} to ${before.outerDestination ?? after.node})`;
  return `Look at what lies between the two nodes${tunnelled}: firewalls, security groups, the switch, and that both agree on routes and MTU.`;
}
