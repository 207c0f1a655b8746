import type { CompiledPeers } from "./compiled-peers.js";
import type { CompiledSelection, SelectionTable } from "./compiled-selection.js";
import type { Policy, Rule } from "./policy.js";
import type { PortLists } from "./port-lists.js";
import type { DirectionVerdict, PolicyName } from "./verdict.js";

export interface CompiledRule {
  readonly rule: Rule;
  /** From 0, in the policy's list of its direction. */
  readonly index: number;
  /** By their numbers in {@link CompiledPeers}; undefined where the rule is for any peer. */
  readonly peers: readonly number[] | undefined;
  /** By their number in {@link PortLists}. */
  readonly ports: number;
  readonly policy: Policy;
  readonly policyName: PolicyName;
  /** What it decides, by the index of the peer that matched, and one more; made when first needed. */
  readonly outcomes: (DirectionVerdict | undefined)[];
}

/** A policy whose selectors, networks and ports are ready to be asked. */
export interface CompiledPolicy {
  /** Another one for every time that a policy is compiled. */
  readonly id: number;
  readonly policy: Policy;
  readonly name: PolicyName;
  readonly subject: CompiledSelection;
  readonly ingress: readonly CompiledRule[] | undefined;
  readonly egress: readonly CompiledRule[] | undefined;
}

/** What all policies of a judge have together. */
export interface PolicyParts {
  readonly selections: SelectionTable;
  readonly peers: CompiledPeers;
  readonly ports: PortLists;
}

export function compilePolicy(policy: Policy, id: number, parts: PolicyParts): CompiledPolicy {
  const { kind, namespace } = policy;
  const name = { kind, namespace, name: policy.name };
  const ruleOf = (rule: Rule, index: number): CompiledRule => ({
    rule,
    index,
    policy,
    policyName: name,
    peers: rule.peers?.map((peer) => parts.peers.numberOf(peer, namespace)),
    ports: parts.ports.numberOf(rule.ports),
    outcomes: Array.from({ length: 1 + (rule.peers?.length ?? 0) }, () => undefined),
  });
  return {
    id,
    policy,
    name,
    subject: parts.selections.of(policy.subject, namespace),
    ingress: policy.ingress?.map(ruleOf),
    egress: policy.egress?.map(ruleOf),
  };
}

/** In place of a peer's index, for a rule without peers. */
export const ANY_PEER = -1;

/** What a rule decides where the peer of that index matched ({@link ANY_PEER} for a rule without peers). */
export function outcomeOf(compiled: CompiledRule, peer: number): DirectionVerdict {
  const { rule, index, policy, policyName, outcomes } = compiled;
  const known = outcomes[peer + 1];
  if (known !== undefined) return known;
  const outcome: DirectionVerdict = {
    verdict: rule.action === "deny" ? "denied" : "allowed",
    by: {
      kind: "rule",
      tier: policy.tier,
      policy: policyName,
      action: rule.action,
      rule: index,
      ruleName: rule.name,
      peer: peer === ANY_PEER ? undefined : peer,
    },
    doubt: undefined,
  };
  outcomes[peer + 1] = outcome;
  return outcome;
}
