import type { Candidate, CandidateGroup, Candidates } from "./candidates.js";
import type { NamedPort } from "./cluster.js";
import type { PortMatch } from "./policy.js";
import { hasPorts } from "./protocol.js";
import type { Decider, DirectionVerdict, Doubt } from "./verdict.js";

const NO_POLICY: DirectionVerdict = { verdict: "allowed", by: { kind: "no-policy" }, doubt: undefined };

/** The port of a connection. */
export interface PortQuestion {
  /** IANA number. */
  readonly protocol: number;
  /** As the server sees it. */
  readonly port: number;
  /** Those of the destination, where it is a pod: names are resolved there, in both directions. */
  readonly namedPorts: readonly NamedPort[] | undefined;
  /** Why the connection may be exempt from default deny; undefined where it is not. */
  readonly exemption: Doubt | undefined;
}

/** What may come out of a group of policies: for sure, or if something is so that is not known. */
interface Possibility {
  readonly outcome: DirectionVerdict;
  readonly doubt: Doubt | undefined;
}

/** Asks tier after tier until one decides; what none decides is allowed (NetworkPolicy API, "Precedence"). */
export function decide(candidates: Candidates, question: PortQuestion): DirectionVerdict {
  if (candidates.admin.length === 0) return decideNetworkPolicies(candidates, question);
  return decideGroups(candidates.admin, 0, question, () => decideNetworkPolicies(candidates, question));
}

/** From the group at `first` on; what no rule matches, and what is passed, goes to the next tier. */
function decideGroups(
  groups: readonly CandidateGroup[],
  first: number,
  question: PortQuestion,
  nextTier: () => DirectionVerdict,
): DirectionVerdict {
  for (let at = first; at < groups.length; at++) {
    const possibilities: Possibility[] = [];
    let isDecided = false;
    for (const policy of groups[at]!) {
      for (const { ports, doubt, outcome } of policy) {
        if (!matchesPorts(ports, question)) continue;
        possibilities.push({ outcome: outcome ?? nextTier(), doubt });
        if (doubt !== undefined) continue;
        isDecided = true;
        break;
      }
    }
    if (possibilities.length === 0) continue;
    if (!isDecided) {
      const rest = decideGroups(groups, at + 1, question, nextTier);
      possibilities.push({ outcome: rest, doubt: undefined });
    }
    return agree(possibilities);
  }
  return nextTier();
}

/** The common outcome, or a doubt. At least one of the possibilities is sure. */
function agree(possibilities: readonly Possibility[]): DirectionVerdict {
  const sure = possibilities.find(({ doubt }) => doubt === undefined) ?? possibilities[0]!;
  const other = possibilities.find(({ outcome }) => outcome.verdict !== sure.outcome.verdict);
  if (other === undefined) return sure.outcome;
  const doubt = other.doubt ?? other.outcome.doubt ?? sure.outcome.doubt ?? "equal-priority";
  return undetermined(doubt, [sure.outcome.by, other.outcome.by]);
}

/** Policies add up: one rule that matches is enough. */
function decideNetworkPolicies(candidates: Candidates, question: PortQuestion): DirectionVerdict {
  const { networkPolicies, defaultDeny, baseline } = candidates;
  if (defaultDeny === undefined) return decideGroups(baseline, 0, question, () => NO_POLICY);
  if (!hasPorts(question.protocol)) return undetermined("protocol", [defaultDeny.by]);
  let doubtful: Candidate | undefined;
  for (const candidate of networkPolicies) {
    if (!matchesPorts(candidate.ports, question)) continue;
    if (candidate.doubt === undefined && candidate.outcome !== undefined) return candidate.outcome;
    doubtful ??= candidate;
  }
  if (doubtful?.doubt !== undefined && doubtful.outcome !== undefined)
    return undetermined(doubtful.doubt, [doubtful.outcome.by, defaultDeny.by]);
  return question.exemption === undefined ? defaultDeny : undetermined(question.exemption, [defaultDeny.by]);
}

function matchesPorts(ports: readonly PortMatch[] | undefined, question: PortQuestion): boolean {
  if (ports === undefined) return true;
  for (const match of ports) if (matchesPort(match, question)) return true;
  return false;
}

function matchesPort(match: PortMatch, { protocol, port, namedPorts }: PortQuestion): boolean {
  if (match.kind === "range") return match.protocol === protocol && match.first <= port && port <= match.last;
  if (match.protocol !== undefined && match.protocol !== protocol) return false;
  return (
    namedPorts?.some(
      (named) => named.name === match.name && named.protocol === protocol && named.port === port,
    ) ?? false
  );
}

export function undetermined(doubt: Doubt, between: readonly Decider[]): DirectionVerdict {
  return { verdict: "undetermined", by: { kind: "doubt", between }, doubt };
}
