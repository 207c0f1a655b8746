import type { CompiledSelection, SelectionTable } from "./compiled-selection.js";
import type { CompiledPeers, PeerMatches } from "./peer-matches.js";
import type { Policy, Rule } from "./policy.js";
import type { DirectionVerdict, Doubt, PolicyName } from "./verdict.js";

export interface CompiledRule {
  readonly rule: Rule;
  readonly index: number;
  /** By their numbers; undefined where the rule is for any peer. */
  readonly peers: readonly number[] | undefined;
  readonly policy: Policy;
  /** What it decides, by the peer that matched ({@link ANY_PEER} for a rule without peers); made when first needed. */
  readonly outcomes: Map<number, DirectionVerdict>;
}

/** A policy whose selectors and networks are ready to be asked. */
export interface CompiledPolicy {
  /** Another one for every time that a policy is compiled. */
  readonly id: number;
  readonly policy: Policy;
  readonly subject: CompiledSelection;
  readonly ingress: readonly CompiledRule[] | undefined;
  readonly egress: readonly CompiledRule[] | undefined;
}

export function compilePolicy(
  policy: Policy,
  id: number,
  selections: SelectionTable,
  peers: CompiledPeers,
): CompiledPolicy {
  const ruleOf = (rule: Rule, index: number): CompiledRule => ({
    rule,
    index,
    policy,
    peers: rule.peers?.map((peer) => peers.numberOf(peer, policy.namespace)),
    outcomes: new Map(),
  });
  return {
    id,
    policy,
    subject: selections.of(policy.subject, policy.namespace),
    ingress: policy.ingress?.map(ruleOf),
    egress: policy.egress?.map(ruleOf),
  };
}

/** In place of a peer's index, for a rule without peers. */
export const ANY_PEER = -1;
/** In place of a peer's index, where none matches. */
export const NO_PEER = -2;

/** Index of the rule's first peer that matches for sure, whatever the port. */
export function surePeer({ peers }: CompiledRule, matches: PeerMatches): number {
  if (peers === undefined) return ANY_PEER;
  for (let index = 0; index < peers.length; index++) if (matches.has(peers[index]!)) return index;
  return NO_PEER;
}

/** The rule's first peer that may match, and why that can't be said. */
export function doubtfulPeer(
  { peers }: CompiledRule,
  { doubts }: PeerMatches,
): { readonly peer: number; readonly doubt: Doubt } | undefined {
  if (doubts === undefined || peers === undefined) return undefined;
  for (let peer = 0; peer < peers.length; peer++) {
    const doubt = doubts.get(peers[peer]!);
    if (doubt !== undefined) return { peer, doubt };
  }
  return undefined;
}

/** What a rule decides where one of its peers matched. */
export function outcomeOf(compiled: CompiledRule, peer: number): DirectionVerdict {
  let outcome = compiled.outcomes.get(peer);
  if (outcome === undefined) {
    const { rule, index, policy } = compiled;
    outcome = {
      verdict: rule.action === "deny" ? "denied" : "allowed",
      by: {
        kind: "rule",
        tier: policy.tier,
        policy: policyName(policy),
        action: rule.action,
        rule: index,
        ruleName: rule.name,
        peer: peer === ANY_PEER ? undefined : peer,
      },
      doubt: undefined,
    };
    compiled.outcomes.set(peer, outcome);
  }
  return outcome;
}

export function policyName({ kind, namespace, name }: Policy): PolicyName {
  return { kind, namespace, name };
}
