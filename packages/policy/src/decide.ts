import { ANY_PEER, type CompiledRule, outcomeOf } from "./compiled-policy.js";
import type { PolicyStack, PriorityGroup, RankedRules } from "./policy-stack.js";
import { hasPorts } from "./protocol.js";
import type { Question } from "./question.js";
import type { Decider, DirectionVerdict, Doubt } from "./verdict.js";

const NO_POLICY: DirectionVerdict = { verdict: "allowed", by: { kind: "no-policy" }, doubt: undefined };

/** What may come out of a group of policies: for sure, or if something is so that is not known. */
interface Possibility {
  readonly outcome: DirectionVerdict;
  readonly doubt: Doubt | undefined;
}

/** A rule's peer that matches, or may. */
interface MatchedPeer {
  /** In the rule's list; {@link ANY_PEER} for a rule without peers. */
  readonly index: number;
  /** undefined where it matches for sure. */
  readonly doubt: Doubt | undefined;
}

/** A tier, and all that come after it. */
type TierDecision = (stack: PolicyStack, question: Question) => DirectionVerdict;

/**
 * Asks tier after tier until one decides; what no rule of a tier matches, and what is passed, goes to the next one, and
 * what none decides is allowed (NetworkPolicy API, "Precedence").
 */
export function decide(stack: PolicyStack, question: Question): DirectionVerdict {
  return decideRanked(stack.admin, stack, question, decideNetworkPolicies);
}

function decideRanked(
  { groups, inOrder }: RankedRules,
  stack: PolicyStack,
  question: Question,
  nextTier: TierDecision,
): DirectionVerdict {
  if (groups.length === 0) return nextTier(stack, question);
  if (inOrder === undefined || question.peers.hasDoubts(question.row))
    return decideGroups(groups, question, () => nextTier(stack, question));
  const first = inOrder.firstMatch(question);
  return first === undefined || isPass(first) ? nextTier(stack, question) : first;
}

function isPass({ by }: DirectionVerdict): boolean {
  return by.kind === "rule" && by.action === "pass";
}

/** Where policies may disagree, or it can't be said what matches. */
function decideGroups(
  groups: readonly PriorityGroup[],
  question: Question,
  nextTier: () => DirectionVerdict,
): DirectionVerdict {
  for (const [at, group] of groups.entries()) {
    const possibilities: Possibility[] = [];
    let isDecided = false;
    for (const rules of group) {
      for (const rule of rules) {
        const peer = matchedPeer(rule, question);
        if (peer === undefined || !question.ports.matches(rule.ports, question.port)) continue;
        const outcome = rule.rule.action === "pass" ? nextTier() : outcomeOf(rule, peer.index);
        possibilities.push({ outcome, doubt: peer.doubt });
        if (peer.doubt !== undefined) continue;
        isDecided = true;
        break;
      }
    }
    if (possibilities.length === 0) continue;
    if (!isDecided) {
      const rest = decideGroups(groups.slice(at + 1), question, nextTier);
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
function decideNetworkPolicies(stack: PolicyStack, question: Question): DirectionVerdict {
  const { defaultDeny, networkPolicies } = stack;
  if (defaultDeny === undefined) return decideRanked(stack.baseline, stack, question, allow);
  if (!hasPorts(question.port.protocol)) return undetermined("protocol", [defaultDeny.by]);
  const sure = networkPolicies.firstMatch(question);
  if (sure !== undefined) return sure;
  if (question.peers.hasDoubts(question.row)) {
    for (const rule of networkPolicies.rules) {
      const peer = matchedPeer(rule, question);
      if (peer?.doubt === undefined || !question.ports.matches(rule.ports, question.port)) continue;
      return undetermined(peer.doubt, [outcomeOf(rule, peer.index).by, defaultDeny.by]);
    }
  }
  return question.exemption === undefined ? defaultDeny : undetermined(question.exemption, [defaultDeny.by]);
}

function allow(): DirectionVerdict {
  return NO_POLICY;
}

/** The rule's first peer that matches for sure, whatever the port; without one, the first that may match. */
function matchedPeer({ peers }: CompiledRule, question: Question): MatchedPeer | undefined {
  if (peers === undefined) return { index: ANY_PEER, doubt: undefined };
  const sure = peers.findIndex((number) => question.peers.matches(question.row, number));
  if (sure >= 0) return { index: sure, doubt: undefined };
  for (const [index, number] of peers.entries()) {
    const doubt = question.peers.doubtOf(question.row, number);
    if (doubt !== undefined) return { index, doubt };
  }
  return undefined;
}

export function undetermined(doubt: Doubt, between: readonly Decider[]): DirectionVerdict {
  return { verdict: "undetermined", by: { kind: "doubt", between }, doubt };
}
