import type { NamedPort } from "./cluster.js";
import {
  ANY_PEER,
  type CompiledRule,
  doubtfulPeer,
  NO_PEER,
  outcomeOf,
  surePeer,
} from "./compiled-policy.js";
import type { PeerMatches } from "./peer-matches.js";
import type { PortMatch } from "./policy.js";
import type { PolicyStack, PriorityGroup } from "./policy-stack.js";
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
export function decide(stack: PolicyStack, matches: PeerMatches, question: PortQuestion): DirectionVerdict {
  if (stack.admin.length === 0) return decideNetworkPolicies(stack, matches, question);
  return decideGroups(stack.admin, 0, matches, question, () =>
    decideNetworkPolicies(stack, matches, question),
  );
}

/** From the group at `first` on; what no rule matches, and what is passed, goes to the next tier. */
function decideGroups(
  groups: readonly PriorityGroup[],
  first: number,
  matches: PeerMatches,
  question: PortQuestion,
  nextTier: () => DirectionVerdict,
): DirectionVerdict {
  for (let at = first; at < groups.length; at++) {
    const possibilities: Possibility[] = [];
    let isDecided = false;
    const outcome = (rule: CompiledRule, peer: number): DirectionVerdict =>
      rule.rule.action === "pass" ? nextTier() : outcomeOf(rule, peer);
    for (const rules of groups[at]!) {
      for (const rule of rules) {
        const sure = surePeer(rule, matches);
        const doubtful = sure === NO_PEER ? doubtfulPeer(rule, matches) : undefined;
        if (sure === NO_PEER && doubtful === undefined) continue;
        if (!matchesPorts(rule.rule.ports, question)) continue;
        if (doubtful !== undefined) {
          possibilities.push({ outcome: outcome(rule, doubtful.peer), doubt: doubtful.doubt });
          continue;
        }
        possibilities.push({ outcome: outcome(rule, sure), doubt: undefined });
        isDecided = true;
        break;
      }
    }
    if (possibilities.length === 0) continue;
    if (!isDecided) {
      const rest = decideGroups(groups, at + 1, matches, question, nextTier);
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
function decideNetworkPolicies(
  stack: PolicyStack,
  matches: PeerMatches,
  question: PortQuestion,
): DirectionVerdict {
  const { defaultDeny, networkPolicies } = stack;
  if (defaultDeny === undefined) return decideGroups(stack.baseline, 0, matches, question, () => NO_POLICY);
  if (!hasPorts(question.protocol)) return undetermined("protocol", [defaultDeny.by]);
  const { numbers, rules, indexes } = stack.peers;
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at]!;
    if (number !== ANY_PEER && !matches.has(number)) continue;
    const rule = networkPolicies[rules[at]!]!;
    if (matchesPorts(rule.rule.ports, question)) return outcomeOf(rule, indexes[at]!);
  }
  if (matches.doubts !== undefined) {
    for (const rule of networkPolicies) {
      const doubtful = doubtfulPeer(rule, matches);
      if (doubtful === undefined || !matchesPorts(rule.rule.ports, question)) continue;
      return undetermined(doubtful.doubt, [outcomeOf(rule, doubtful.peer).by, defaultDeny.by]);
    }
  }
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
