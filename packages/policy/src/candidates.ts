import { type CompiledPolicy, matchPeers, outcomeOf } from "./compiled-policy.js";
import type { PeerView } from "./peer-view.js";
import type { Direction, PortMatch } from "./policy.js";
import { type PolicyStack, type PriorityGroup, rulesOf } from "./policy-index.js";
import type { DirectionVerdict, Doubt } from "./verdict.js";

/** A rule that matches a peer; whether it matches the port is asked for each connection. */
export interface Candidate {
  readonly ports: readonly PortMatch[] | undefined;
  /** undefined where the peer matches for sure. */
  readonly doubt: Doubt | undefined;
  /** undefined where it passes on to the next tier. */
  readonly outcome: DirectionVerdict | undefined;
}

/** The candidates of policies of equal priority, each policy's in their order. */
export type CandidateGroup = readonly (readonly Candidate[])[];

/** All rules that match a peer in one direction, tier by tier. */
export interface Candidates {
  readonly admin: readonly CandidateGroup[];
  readonly networkPolicies: readonly Candidate[];
  /** undefined where no NetworkPolicy isolates the pod. */
  readonly defaultDeny: DirectionVerdict | undefined;
  readonly baseline: readonly CandidateGroup[];
}

const NONE: readonly never[] = [];

export function collectCandidates(stack: PolicyStack, direction: Direction, peer: PeerView): Candidates {
  const networkPolicies: Candidate[] = [];
  for (const policy of stack.networkPolicies) if (collect(policy, direction, peer, networkPolicies)) break;
  const admin = collectGroups(stack.admin, direction, peer);
  const baseline = collectGroups(stack.baseline, direction, peer);
  // Most peers are named by no rule, and share this answer.
  if (networkPolicies.length + admin.length + baseline.length === 0) {
    stack.nothing ??= { admin, networkPolicies, defaultDeny: stack.defaultDeny, baseline };
    return stack.nothing;
  }
  return { admin, networkPolicies, defaultDeny: stack.defaultDeny, baseline };
}

function collectGroups(
  groups: readonly PriorityGroup[],
  direction: Direction,
  peer: PeerView,
): readonly CandidateGroup[] {
  const result: CandidateGroup[] = [];
  for (const group of groups) {
    const lists: Candidate[][] = [];
    for (const policy of group) {
      const list: Candidate[] = [];
      collect(policy, direction, peer, list);
      if (list.length > 0) lists.push(list);
    }
    if (lists.length > 0) result.push(lists);
  }
  return result.length === 0 ? NONE : result;
}

/** Adds a policy's candidates up to the first that matches any port for sure; true where there is such a one. */
function collect(
  policy: CompiledPolicy,
  direction: Direction,
  peer: PeerView,
  candidates: Candidate[],
): boolean {
  for (const rule of rulesOf(policy, direction)) {
    const match = matchPeers(rule, peer);
    if (match === undefined) continue;
    const { ports, action } = rule.rule;
    const doubt = match.match === true ? undefined : match.match;
    const outcome = action === "pass" ? undefined : outcomeOf(rule, match.peer);
    candidates.push({ ports, doubt, outcome });
    if (doubt === undefined && ports === undefined) return true;
  }
  return false;
}
