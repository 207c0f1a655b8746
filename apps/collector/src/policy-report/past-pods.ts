import { isDeepStrictEqual } from "node:util";
import type { ClusterState, Namespace, Party, Pod } from "@hopline/policy";
import type { PodSide } from "../policy/epoch-judge.js";
import type { PolicyCluster } from "./policy-cluster.js";

/**
 * Pods as they were when they talked. One that is still there with the same labels is itself; any other is put beside the
 * cluster's pods, under a name that no pod can have.
 */
export class PastPods {
  readonly #cluster: Pick<PolicyCluster, "podAt" | "namespaceAt">;
  readonly #present = new Map<string, Pod>();
  readonly #namespaces: ReadonlyMap<string, Namespace>;
  readonly #past = new Map<string, Pod>();
  readonly #changed = new Set<string>();

  constructor(
    cluster: Pick<PolicyCluster, "podAt" | "namespaceAt">,
    { pods, namespaces }: Pick<ClusterState, "pods" | "namespaces">,
  ) {
    this.#cluster = cluster;
    for (const pod of pods) this.#present.set(keyOf(pod), pod);
    this.#namespaces = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  }

  /** Those that are not there any more as they were. */
  get pods(): readonly Pod[] {
    return [...this.#past.values()];
  }

  /** Namespaces whose labels were others than they are: their pods are judged by those of today. */
  get changedNamespaces(): readonly string[] {
    return [...this.#changed].sort();
  }

  /** @returns undefined where it is not known what the pod was then, nor is one of its name there now. */
  partyAt(name: Pick<Pod, "namespace" | "name">, address: string, timeMs: number): PastParty | undefined {
    const then = this.#cluster.podAt(name, timeMs);
    if (then !== undefined) return { party: this.#partyOf(then, address, timeMs), isKnown: true };
    if (!this.#present.has(keyOf(name))) return undefined;
    return { party: { kind: "pod", namespace: name.namespace, name: name.name, address }, isKnown: false };
  }

  /** A Service's backend. */
  partyOfBackend({ version, pod, address }: PodSide, timeMs: number): Party {
    return this.#partyOf({ id: version.id, pod }, address, timeMs);
  }

  #partyOf({ id, pod }: { id: number; pod: Pod }, address: string, timeMs: number): Party {
    this.#mindNamespace(pod.namespace, timeMs);
    const { namespace, name } = pod;
    const present = this.#present.get(keyOf(pod));
    if (present !== undefined && isAlike(present, pod)) return { kind: "pod", namespace, name, address };
    const past = `${name} (${id})`;
    this.#past.set(keyOf({ namespace, name: past }), { ...pod, name: past });
    return { kind: "pod", namespace, name: past, address };
  }

  #mindNamespace(name: string, timeMs: number): void {
    const then = this.#cluster.namespaceAt(name, timeMs);
    if (then !== undefined && !isDeepStrictEqual(then.labels, this.#namespaces.get(name)?.labels))
      this.#changed.add(name);
  }
}

export interface PastParty {
  readonly party: Party;
  /** That its labels were those then. */
  readonly isKnown: boolean;
}

/** To policies. */
function isAlike(one: Pod, other: Pod): boolean {
  return (
    one.hostNetwork === other.hostNetwork &&
    one.node === other.node &&
    isDeepStrictEqual(one.labels, other.labels) &&
    isDeepStrictEqual(one.namedPorts, other.namedPorts)
  );
}

function keyOf({ namespace, name }: Pick<Pod, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
