import { type ClusterState, type Pod, workloadKey } from "./cluster.js";
import type { Party } from "./connection.js";
import type { TrafficEnd } from "./traffic.js";

/** Finds who stands for the ends of past traffic in the cluster as it is: pods come and go, their workloads stay. */
export class PresentParties {
  readonly #pods = new Set<string>();
  readonly #byWorkload = new Map<string, Pod[]>();

  constructor({ pods }: Pick<ClusterState, "pods">) {
    for (const pod of pods) {
      this.#pods.add(`${pod.namespace}/${pod.name}`);
      const key = workloadKey(pod.namespace, pod.workload);
      const replicas = this.#byWorkload.get(key);
      if (replicas === undefined) this.#byWorkload.set(key, [pod]);
      else replicas.push(pod);
    }
  }

  /** Each of its pods that is gone is replaced by the workload's pods of today; none where there is none today. */
  of({ peer, parties }: TrafficEnd): readonly Party[] {
    if (parties.every((party) => this.#isPresent(party))) return parties;
    const present = parties.filter((party) => this.#isPresent(party));
    if (present.length > 0 || peer.kind !== "workload") return present;
    const replicas = this.#byWorkload.get(workloadKey(peer.namespace, peer.workload)) ?? [];
    return replicas.map(({ namespace, name }) => ({ kind: "pod", namespace, name }));
  }

  #isPresent(party: Party): boolean {
    return party.kind !== "pod" || this.#pods.has(`${party.namespace}/${party.name}`);
  }
}
