import type { CompiledPolicy } from "./compiled-policy.js";
import type { PodClass } from "./pod-class.js";
import { policyKey } from "./policy.js";
import type { PolicyName } from "./verdict.js";

/** Where policies are found by the pods that they may select. */
export class PolicyIndex {
  readonly #byKey = new Map<string, CompiledPolicy>();
  readonly #byNamespace = new Map<string, Shelf>();
  /** Those of no namespace. */
  readonly #clusterWide = new Shelf();

  put(policy: CompiledPolicy): void {
    const key = policyKey(policy.policy);
    this.#byKey.set(key, policy);
    this.#shelfOf(policy.policy).put(key, policy);
  }

  get(name: PolicyName): CompiledPolicy | undefined {
    return this.#byKey.get(policyKey(name));
  }

  remove(policy: CompiledPolicy): void {
    const key = policyKey(policy.policy);
    this.#byKey.delete(key);
    this.#shelfOf(policy.policy).remove(key);
  }

  /** The policies that select a pod: those of no namespace by priority and name, then NetworkPolicies by name. */
  selecting(pod: PodClass): CompiledPolicy[] {
    const selecting = (policies: readonly CompiledPolicy[]): CompiledPolicy[] =>
      policies.filter(({ subject }) => subject.selects(pod));
    return [
      ...selecting(this.#clusterWide.sorted),
      ...selecting(this.#byNamespace.get(pod.namespace)?.sorted ?? []),
    ];
  }

  #shelfOf({ tier, namespace }: CompiledPolicy["policy"]): Shelf {
    if (tier !== "networkPolicy") return this.#clusterWide;
    let shelf = this.#byNamespace.get(namespace);
    if (shelf === undefined) {
      shelf = new Shelf();
      this.#byNamespace.set(namespace, shelf);
    }
    return shelf;
  }
}

/** Policies by their keys, and in order. */
class Shelf {
  readonly #byKey = new Map<string, CompiledPolicy>();
  #sorted: readonly CompiledPolicy[] | undefined;

  put(key: string, policy: CompiledPolicy): void {
    this.#byKey.set(key, policy);
    this.#sorted = undefined;
  }

  remove(key: string): void {
    this.#byKey.delete(key);
    this.#sorted = undefined;
  }

  /** By priority and name. */
  get sorted(): readonly CompiledPolicy[] {
    this.#sorted ??= [...this.#byKey]
      .sort(
        ([oneKey, one], [otherKey, other]) =>
          one.policy.priority - other.policy.priority || (oneKey < otherKey ? -1 : 1),
      )
      .map(([, policy]) => policy);
    return this.#sorted;
  }
}
