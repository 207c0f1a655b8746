import { isDeepStrictEqual } from "node:util";
import type { ClusterState, Namespace, Party, Pod } from "@hopline/policy";
import type { PodSide } from "../policy/epoch-judge.js";
import type { PolicyCluster } from "./policy-cluster.js";

/** The cluster as it was at a time. */
export type PastCluster = Pick<PolicyCluster, "podAt" | "namespaceAt">;

/**
 * Pods as they were when they talked. One that is still there with the same labels, in a namespace with the same labels, is
 * itself; any other is put beside the cluster's pods, under a name that no pod can have.
 */
export class PastPods {
  readonly #cluster: PastCluster;
  readonly #present = new Map<string, Pod>();
  readonly #namespaces: ReadonlyMap<string, Namespace>;
  readonly #past = new Map<string, Pod>();

  constructor(cluster: PastCluster, { pods, namespaces }: Pick<ClusterState, "pods" | "namespaces">) {
    this.#cluster = cluster;
    for (const pod of pods) this.#present.set(keyOf(pod), pod);
    this.#namespaces = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  }

  /** Those that are not there any more as they were. */
  get pods(): readonly Pod[] {
    return [...this.#past.values()];
  }

  /** @returns undefined where it is not known what the pod was then, nor is one of its name there now. */
  partyAt(name: Pick<Pod, "namespace" | "name">, address: string, timeMs: number): PastParty | undefined {
    const then = this.#cluster.podAt(name, timeMs);
    if (then !== undefined) return this.#partyOf(then, address, timeMs);
    if (!this.#present.has(keyOf(name))) return undefined;
    return { party: { kind: "pod", namespace: name.namespace, name: name.name, address }, isKnown: false };
  }

  /** A Service's backend. */
  partyOfBackend({ version, pod, address }: PodSide, timeMs: number): PastParty {
    return this.#partyOf({ id: version.id, pod }, address, timeMs);
  }

  #partyOf({ id, pod }: { id: number; pod: Pod }, address: string, timeMs: number): PastParty {
    const { namespace, name } = pod;
    const labelsThen = this.#cluster.namespaceAt(namespace, timeMs)?.labels;
    const labelsNow = this.#namespaces.get(namespace)?.labels;
    const namespaceLabels = isDeepStrictEqual(labelsThen, labelsNow) ? undefined : labelsThen;
    const isKnown = labelsThen !== undefined || labelsNow === undefined;
    const present = this.#present.get(keyOf(pod));
    if (present !== undefined && isAlike(present, pod) && namespaceLabels === undefined)
      return { party: { kind: "pod", namespace, name, address }, isKnown };
    const past = [name, id, ...(namespaceLabels === undefined ? [] : [JSON.stringify(namespaceLabels)])].join(
      " ",
    );
    const labels = namespaceLabels === undefined ? {} : { namespaceLabels };
    this.#past.set(keyOf({ namespace, name: past }), { ...pod, ...labels, name: past });
    return { party: { kind: "pod", namespace, name: past, address }, isKnown };
  }
}

export interface PastParty {
  readonly party: Party;
  /** Whether its labels and its namespace's are those of then. */
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
