import type { CompiledPolicy, CompiledRule } from "./compiled-policy.js";
import type { Direction } from "./policy.js";
import { RuleList } from "./rule-list.js";
import type { DirectionVerdict } from "./verdict.js";

/** The rules of each policy of one priority; which policy goes first is not defined. */
export type PriorityGroup = readonly (readonly CompiledRule[])[];

/** The rules of a tier whose policies have priorities, in their order. */
export interface RankedRules {
  readonly groups: readonly PriorityGroup[];
  /** All of them; only where no two policies share a priority, so that the first that matches decides. */
  readonly inOrder: RuleList | undefined;
}

/** The rules that have a say for a pod in one direction, tier by tier. */
export interface PolicyStack {
  readonly admin: RankedRules;
  /** Of all NetworkPolicies, which add up. */
  readonly networkPolicies: RuleList;
  /** What these say where none of their rules matches; undefined where no NetworkPolicy isolates the pod. */
  readonly defaultDeny: DirectionVerdict | undefined;
  readonly baseline: RankedRules;
}

/** For both directions. */
export interface PolicyStackPair {
  readonly ingress: PolicyStack;
  readonly egress: PolicyStack;
}

/** One {@link PolicyStackPair} for all pods that the same policies select. */
export class PolicyStacks {
  readonly #byText = new Map<string, { pair: PolicyStackPair; policies: ReadonlySet<CompiledPolicy> }>();

  /** @param policies as {@link PolicyIndex.selecting} gives them */
  of(policies: readonly CompiledPolicy[]): PolicyStackPair {
    const text = policies.map(({ id }) => id).join();
    let known = this.#byText.get(text);
    if (known === undefined) {
      const pair = { ingress: stackOf(policies, "ingress"), egress: stackOf(policies, "egress") };
      known = { pair, policies: new Set(policies) };
      this.#byText.set(text, known);
    }
    return known.pair;
  }

  /** For when a policy is changed or removed. */
  forget(policy: CompiledPolicy): void {
    for (const [text, { policies }] of this.#byText) if (policies.has(policy)) this.#byText.delete(text);
  }
}

const NO_RULES: RankedRules = { groups: [], inOrder: new RuleList([]) };

function stackOf(policies: readonly CompiledPolicy[], direction: Direction): PolicyStack {
  const ofTier = (tier: CompiledPolicy["policy"]["tier"]) =>
    policies.filter((each) => each.policy.tier === tier && each[direction] !== undefined);
  const networkPolicies = ofTier("networkPolicy");
  return {
    admin: rankedRules(ofTier("admin"), direction),
    networkPolicies: new RuleList(networkPolicies.flatMap((policy) => rulesOf(policy, direction))),
    defaultDeny: networkPolicies.length === 0 ? undefined : defaultDenyOf(networkPolicies),
    baseline: rankedRules(ofTier("baseline"), direction),
  };
}

function defaultDenyOf(policies: readonly CompiledPolicy[]): DirectionVerdict {
  const names = policies.map(({ name }) => name);
  return {
    verdict: "denied",
    by: { kind: "default-deny", tier: "networkPolicy", policies: names },
    doubt: undefined,
  };
}

function rankedRules(sorted: readonly CompiledPolicy[], direction: Direction): RankedRules {
  if (sorted.length === 0) return NO_RULES;
  const byPriority = new Map<number, (readonly CompiledRule[])[]>();
  for (const policy of sorted) {
    const rules = rulesOf(policy, direction);
    if (rules.length === 0) continue;
    const { priority } = policy.policy;
    const group = byPriority.get(priority);
    if (group === undefined) byPriority.set(priority, [rules]);
    else group.push(rules);
  }
  const groups = [...byPriority.values()];
  const isOrdered = groups.every((group) => group.length === 1);
  return { groups, inOrder: isOrdered ? new RuleList(groups.flat(2)) : undefined };
}

/** A policy's rules of a direction; empty where it says nothing about it. */
function rulesOf(policy: CompiledPolicy, direction: Direction): readonly CompiledRule[] {
  return policy[direction] ?? [];
}
