import type { Candidates } from "./candidates.js";
import { type CompiledPolicy, type CompiledRule, policyName } from "./compiled-policy.js";
import type { PodClass } from "./pod-class.js";
import { type Direction, type PolicyKind, policyKey } from "./policy.js";
import type { DirectionVerdict } from "./verdict.js";

/** Policies of equal priority; which of them goes first is not defined. */
export type PriorityGroup = readonly CompiledPolicy[];

/** The policies that have a say for a pod in one direction, tier by tier, each in the order of their names. */
export interface PolicyStack {
  readonly admin: readonly PriorityGroup[];
  readonly networkPolicies: readonly CompiledPolicy[];
  /** What they say where none of their rules matches; undefined where there are none. */
  readonly defaultDeny: DirectionVerdict | undefined;
  readonly baseline: readonly PriorityGroup[];
  /** All of them. */
  readonly policies: ReadonlySet<CompiledPolicy>;
  /** The same for stacks of the same policies, as they are written now. */
  readonly text: string;
  /** The candidates for a peer that no rule matches; made when first needed. */
  nothing: Candidates | undefined;
}

/** Where policies are found by the pods that they may select. */
export class PolicyIndex {
  readonly #byKey = new Map<string, CompiledPolicy>();
  readonly #byNamespace = new Map<string, Map<string, CompiledPolicy>>();
  /** Those of no namespace. */
  readonly #clusterWide = new Map<string, CompiledPolicy>();

  get size(): number {
    return this.#byKey.size;
  }

  put(policy: CompiledPolicy): void {
    const key = policyKey(policy.policy);
    this.#byKey.set(key, policy);
    this.#shelfOf(policy.policy).set(key, policy);
  }

  get(name: { kind: PolicyKind; namespace: string; name: string }): CompiledPolicy | undefined {
    return this.#byKey.get(policyKey(name));
  }

  remove(policy: CompiledPolicy): void {
    const key = policyKey(policy.policy);
    this.#byKey.delete(key);
    this.#shelfOf(policy.policy).delete(key);
  }

  all(): Iterable<CompiledPolicy> {
    return this.#byKey.values();
  }

  stackFor(pod: PodClass, direction: Direction): PolicyStack {
    const applying = (policies: Iterable<CompiledPolicy>): CompiledPolicy[] =>
      [...policies]
        .filter((policy) => policy[direction] !== undefined && policy.subject.selects(pod))
        .sort(byPriorityAndName);
    const clusterWide = applying(this.#clusterWide.values()).filter(
      (policy) => rulesOf(policy, direction).length > 0,
    );
    const networkPolicies = applying(this.#byNamespace.get(pod.namespace)?.values() ?? []);
    const names = networkPolicies.map(({ policy }) => policyName(policy));
    const policies = new Set([...clusterWide, ...networkPolicies]);
    return {
      policies,
      text: [...policies].map(({ id }) => id).join(),
      admin: groups(clusterWide.filter(({ policy }) => policy.tier === "admin")),
      networkPolicies,
      defaultDeny:
        names.length === 0
          ? undefined
          : {
              verdict: "denied",
              by: { kind: "default-deny", tier: "networkPolicy", policies: names },
              doubt: undefined,
            },
      baseline: groups(clusterWide.filter(({ policy }) => policy.tier === "baseline")),
      nothing: undefined,
    };
  }

  #shelfOf({ tier, namespace }: CompiledPolicy["policy"]): Map<string, CompiledPolicy> {
    if (tier !== "networkPolicy") return this.#clusterWide;
    let shelf = this.#byNamespace.get(namespace);
    if (shelf === undefined) {
      shelf = new Map();
      this.#byNamespace.set(namespace, shelf);
    }
    return shelf;
  }
}

/** A policy's rules of a direction; empty where it says nothing about it. */
export function rulesOf(policy: CompiledPolicy, direction: Direction): readonly CompiledRule[] {
  return policy[direction] ?? [];
}

function byPriorityAndName({ policy: a }: CompiledPolicy, { policy: b }: CompiledPolicy): number {
  return a.priority - b.priority || (policyKey(a) < policyKey(b) ? -1 : 1);
}

function groups(sorted: readonly CompiledPolicy[]): PriorityGroup[] {
  const result: CompiledPolicy[][] = [];
  for (const policy of sorted) {
    const group = result.at(-1);
    if (group?.[0]?.policy.priority === policy.policy.priority) group.push(policy);
    else result.push([policy]);
  }
  return result;
}
