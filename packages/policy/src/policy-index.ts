import type { CompiledPolicy } from "./compiled-policy.js";
import type { PodClass } from "./pod-class.js";
import { type Direction, type PolicyKind, policyKey } from "./policy.js";

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

  /** The policies that have a say for a pod in one direction, tier by tier, each in the order of their names. */
  applyingTo(pod: PodClass, direction: Direction): CompiledPolicy[] {
    const applying = (policies: Iterable<CompiledPolicy>): CompiledPolicy[] =>
      [...policies]
        .filter((policy) => policy[direction] !== undefined && policy.subject.selects(pod))
        .sort(byPriorityAndName);
    return [
      ...applying(this.#clusterWide.values()),
      ...applying(this.#byNamespace.get(pod.namespace)?.values() ?? []),
    ];
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

function byPriorityAndName({ policy: a }: CompiledPolicy, { policy: b }: CompiledPolicy): number {
  return a.priority - b.priority || (policyKey(a) < policyKey(b) ? -1 : 1);
}
