import type { ClusterState } from "./cluster.js";
import { type Policy, policyKey } from "./policy.js";
import { PresentParties } from "./present-parties.js";
import { type TrafficPeer, type TrafficRow, trafficPeerText } from "./traffic.js";
import { TrafficJudge, type TrafficVerdict } from "./traffic-judge.js";
import type { PolicyName } from "./verdict.js";

/** Policies to be tried; nothing is applied. */
export interface Proposal {
  /** Added, or put in the place of those of the same kind, namespace and name. */
  readonly put: readonly Policy[];
  readonly remove: readonly PolicyName[];
}

export type WhatIfChange =
  | "newly-denied"
  | "newly-allowed"
  /** Can't be decided under the proposal. */
  | "undetermined"
  | "still-allowed"
  | "still-denied";

/** What would become of one row of traffic. */
export interface WhatIfRow {
  readonly row: TrafficRow;
  readonly before: TrafficVerdict;
  readonly after: TrafficVerdict;
  readonly change: WhatIfChange;
}

/** Rows of the same two peers, protocol and port that change alike. */
export interface WhatIfGroup {
  readonly change: WhatIfChange;
  readonly source: TrafficPeer;
  readonly destination: TrafficPeer;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
  readonly connections: number;
  /** Of those, how many came to nothing as it is. */
  readonly failed: number;
  /** Milliseconds since the Unix epoch. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** Of the row with the most connections. */
  readonly before: TrafficVerdict;
  readonly after: TrafficVerdict;
}

export interface WhatIf {
  /** The changes first, those of most connections first within one kind; what stays as it is comes last. */
  readonly groups: readonly WhatIfGroup[];
  /** Connections by what would become of them. */
  readonly connections: Readonly<Record<WhatIfChange, number>>;
}

const CHANGES: readonly WhatIfChange[] = [
  "newly-denied",
  "newly-allowed",
  "undetermined",
  "still-allowed",
  "still-denied",
];

/** A cluster as it would be with a proposal applied. */
function withProposal(state: ClusterState, { put, remove }: Proposal): ClusterState {
  const policies = new Map(state.policies.map((policy) => [policyKey(policy), policy]));
  for (const name of remove) policies.delete(policyKey(name));
  for (const policy of put) policies.set(policyKey(policy), policy);
  return { ...state, policies: [...policies.values()] };
}

/** Judges traffic that was by a state as it is, and as it would be with a proposal. */
export class WhatIfJudge {
  readonly #before: TrafficJudge;
  readonly #after: TrafficJudge;

  constructor(state: ClusterState, proposal: Proposal) {
    const present = new PresentParties(state);
    this.#before = new TrafficJudge(state, present);
    this.#after = new TrafficJudge(withProposal(state, proposal), present);
  }

  of(row: TrafficRow): WhatIfRow {
    const before = this.#before.of(row);
    const after = this.#after.of(row);
    return { row, before, after, change: changeOf(before, after) };
  }
}

/** What a proposal would do to traffic that was, by workload, workload and port. */
export function whatIf(state: ClusterState, proposal: Proposal, traffic: readonly TrafficRow[]): WhatIf {
  const judge = new WhatIfJudge(state, proposal);
  return groupWhatIf(traffic.map((row) => judge.of(row)));
}

/** Rows of {@link WhatIfJudge}, added up. */
export function groupWhatIf(rows: readonly WhatIfRow[]): WhatIf {
  const connections: Record<WhatIfChange, number> = {
    "newly-denied": 0,
    "newly-allowed": 0,
    undetermined: 0,
    "still-allowed": 0,
    "still-denied": 0,
  };
  const groups = new Map<string, { group: WhatIfGroup; most: number }>();
  for (const { row, before, after, change } of rows) {
    connections[change] += row.connections;
    const source = row.source.peer;
    const destination = row.destination.peer;
    const ends = `${trafficPeerText(source)}>${trafficPeerText(destination)}`;
    const key = `${change}|${ends}|${row.protocol}|${row.port}`;
    const known = groups.get(key);
    const isMost = known === undefined || row.connections > known.most;
    groups.set(key, {
      most: Math.max(row.connections, known?.most ?? 0),
      group: {
        change,
        source,
        destination,
        protocol: row.protocol,
        port: row.port,
        connections: row.connections + (known?.group.connections ?? 0),
        failed: row.failed + (known?.group.failed ?? 0),
        firstSeenMs: Math.min(row.firstSeenMs, known?.group.firstSeenMs ?? row.firstSeenMs),
        lastSeenMs: Math.max(row.lastSeenMs, known?.group.lastSeenMs ?? row.lastSeenMs),
        before: isMost ? before : known.group.before,
        after: isMost ? after : known.group.after,
      },
    });
  }
  const sorted = [...groups.entries()].sort(
    ([oneKey, { group: one }], [otherKey, { group: other }]) =>
      CHANGES.indexOf(one.change) - CHANGES.indexOf(other.change) ||
      other.connections - one.connections ||
      (oneKey < otherKey ? -1 : 1),
  );
  return { groups: sorted.map(([, { group }]) => group), connections };
}

/** An answer where there was none before counts as a change: that is when it is looked at. */
function changeOf(before: TrafficVerdict, after: TrafficVerdict): WhatIfChange {
  if (after.verdict === "undetermined") return "undetermined";
  if (before.verdict === after.verdict) return after.verdict === "allowed" ? "still-allowed" : "still-denied";
  return after.verdict === "allowed" ? "newly-allowed" : "newly-denied";
}
