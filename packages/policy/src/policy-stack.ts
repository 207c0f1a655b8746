import { ANY_PEER, type CompiledPolicy, type CompiledRule, policyName } from "./compiled-policy.js";
import type { Direction } from "./policy.js";
import type { DirectionVerdict } from "./verdict.js";

/** The rules of each policy of one priority; which policy goes first is not defined. */
export type PriorityGroup = readonly (readonly CompiledRule[])[];

/** The rules that have a say for a pod in one direction, tier by tier. */
export interface PolicyStack {
  readonly admin: readonly PriorityGroup[];
  /** Of all NetworkPolicies, which add up. */
  readonly networkPolicies: readonly CompiledRule[];
  /** The same once more, for most rules match nothing: see {@link PeerList}. */
  readonly peers: PeerList;
  /** What these say where none of their rules matches; undefined where no NetworkPolicy isolates the pod. */
  readonly defaultDeny: DirectionVerdict | undefined;
  readonly baseline: readonly PriorityGroup[];
  /** Those that the rules are of. */
  readonly policies: ReadonlySet<CompiledPolicy>;
}

/**
 * The peers of a list of rules, one after the other. What is asked for each connection lies side by side here: following
 * the rules themselves costs a cache miss a rule.
 */
export interface PeerList {
  /** By their numbers in {@link CompiledPeers}; {@link ANY_PEER} for a rule without peers. */
  readonly numbers: Int32Array;
  /** Each one's rule, and its index there. */
  readonly rules: Uint32Array;
  readonly indexes: Int32Array;
}

/** One stack for all pods that the same policies select. */
export class PolicyStacks {
  readonly #byText = new Map<string, PolicyStack>();

  /** @param policies as {@link PolicyIndex.applyingTo} gives them */
  of(policies: readonly CompiledPolicy[], direction: Direction): PolicyStack {
    const text = `${direction} ${policies.map(({ id }) => id).join()}`;
    let stack = this.#byText.get(text);
    if (stack === undefined) {
      stack = stackOf(policies, direction);
      this.#byText.set(text, stack);
    }
    return stack;
  }

  /** For when a policy is changed or removed. */
  forget(policy: CompiledPolicy): void {
    for (const [text, stack] of this.#byText) if (stack.policies.has(policy)) this.#byText.delete(text);
  }
}

function stackOf(policies: readonly CompiledPolicy[], direction: Direction): PolicyStack {
  const ofTier = (tier: CompiledPolicy["policy"]["tier"]) =>
    policies.filter(({ policy }) => policy.tier === tier);
  const networkPolicies = ofTier("networkPolicy");
  const names = networkPolicies.map(({ policy }) => policyName(policy));
  const rules = networkPolicies.flatMap((policy) => rulesOf(policy, direction));
  return {
    policies: new Set(policies),
    admin: groups(ofTier("admin"), direction),
    networkPolicies: rules,
    peers: peersOf(rules),
    defaultDeny:
      names.length === 0
        ? undefined
        : {
            verdict: "denied",
            by: { kind: "default-deny", tier: "networkPolicy", policies: names },
            doubt: undefined,
          },
    baseline: groups(ofTier("baseline"), direction),
  };
}

function peersOf(rules: readonly CompiledRule[]): PeerList {
  const list = rules.flatMap(({ peers }, rule) =>
    peers === undefined
      ? [{ number: ANY_PEER, rule, index: ANY_PEER }]
      : peers.map((number, index) => ({ number, rule, index })),
  );
  return {
    numbers: Int32Array.from(list, ({ number }) => number),
    rules: Uint32Array.from(list, ({ rule }) => rule),
    indexes: Int32Array.from(list, ({ index }) => index),
  };
}

function groups(sorted: readonly CompiledPolicy[], direction: Direction): PriorityGroup[] {
  const byPriority = new Map<number, (readonly CompiledRule[])[]>();
  for (const policy of sorted) {
    const rules = rulesOf(policy, direction);
    if (rules.length === 0) continue;
    const { priority } = policy.policy;
    const group = byPriority.get(priority);
    if (group === undefined) byPriority.set(priority, [rules]);
    else group.push(rules);
  }
  return [...byPriority.values()];
}

/** A policy's rules of a direction; empty where it says nothing about it. */
function rulesOf(policy: CompiledPolicy, direction: Direction): readonly CompiledRule[] {
  return policy[direction] ?? [];
}
