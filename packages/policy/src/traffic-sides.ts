import { type ClusterState, workloadKey } from "./cluster.js";
import type { Direction } from "./policy.js";
import type { PresentParties } from "./present-parties.js";
import type { TrafficEnd, TrafficRow } from "./traffic.js";

/** Whose traffic a row is, of the workloads in a namespace. */
export class TrafficSides {
  readonly #namespace: string;
  readonly #present: PresentParties;
  readonly #workloads = new Map<string, string>();

  constructor({ pods }: ClusterState, namespace: string, present: PresentParties) {
    this.#namespace = namespace;
    this.#present = present;
    for (const pod of pods)
      if (pod.namespace === namespace) this.#workloads.set(pod.name, workloadKey(namespace, pod.workload));
  }

  of(row: TrafficRow): { direction: Direction; workload: string }[] {
    const egress = this.#workloadsAt(row.source).map((workload) => ({
      direction: "egress" as const,
      workload,
    }));
    const ingress = this.#workloadsAt(row.destination).map((workload) => ({
      direction: "ingress" as const,
      workload,
    }));
    return [...egress, ...ingress];
  }

  /** Those of pods that are gone, too. */
  #workloadsAt(end: TrafficEnd): string[] {
    const { peer } = end;
    if (peer.kind === "workload")
      return peer.namespace === this.#namespace ? [workloadKey(peer.namespace, peer.workload)] : [];
    const keys = this.#present.of(end).flatMap((party) => {
      if (party.kind !== "pod" || party.namespace !== this.#namespace) return [];
      return this.#workloads.get(party.name) ?? [];
    });
    return [...new Set(keys)];
  }
}
