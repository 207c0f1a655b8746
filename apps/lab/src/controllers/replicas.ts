import { API_VERSIONS, type ClusterObjects, uidOf } from "../objects/cluster-objects.js";
import { ADDRESS_ANNOTATION, isActive, isReady } from "../objects/pod-status.js";
import type { Job, Pod, PodTemplate, ReplicaSet, StatefulSet } from "../objects/schemas.js";
import { controllerOf } from "../objects/workload-owner.js";
import type { AddressReservations } from "./address-reservations.js";
import { deletePod } from "./delete-pod.js";
import { randomSuffix } from "./hash.js";

type PodOwner = ReplicaSet | StatefulSet | Job;

export interface ReplicasOptions {
  readonly objects: ClusterObjects;
  readonly reservations: AddressReservations;
  readonly random: () => number;
  readonly nowMs: () => number;
}

/** Makes as many pods as each ReplicaSet and StatefulSet wants, and one for each Job. */
export function reconcileReplicas(options: ReplicasOptions): void {
  const { objects } = options;
  for (const owner of objects.list("ReplicaSet")) reconcileOwner(options, owner, owner.spec.replicas);
  for (const owner of objects.list("StatefulSet")) reconcileOwner(options, owner, owner.spec.replicas);
  for (const owner of objects.list("Job")) reconcileOwner(options, owner, 1);
}

function reconcileOwner(options: ReplicasOptions, owner: PodOwner, wanted: number): void {
  const { objects, nowMs } = options;
  const all = objects
    .list("Pod", owner.metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === owner.metadata.uid);
  const active = all.filter(isActive);
  // Those that do not run yet go first.
  const surplus = active.toSorted((left, right) => Number(isReady(left)) - Number(isReady(right)));
  for (const pod of surplus.slice(0, Math.max(0, active.length - wanted))) deletePod(objects, pod, nowMs());
  for (let missing = wanted - active.length; missing > 0; missing--) {
    const name = podName(owner, objects, options.random);
    if (name === undefined) return; // A StatefulSet's pod keeps its name: the old one has to go first.
    createPod(options, owner, name);
  }
}

function createPod(options: ReplicasOptions, owner: PodOwner, name: string): void {
  const template: PodTemplate = owner.spec.template;
  const reserved = options.reservations.take(uidOf(owner));
  const annotations = {
    ...template.metadata.annotations,
    ...(reserved === undefined ? {} : { [ADDRESS_ANNOTATION]: reserved.address }),
  };
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: owner.metadata.namespace,
      labels: template.metadata.labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [
        {
          apiVersion: API_VERSIONS[owner.kind],
          kind: owner.kind,
          name: owner.metadata.name,
          uid: uidOf(owner),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { ...template.spec, ...(reserved === undefined ? {} : { nodeName: reserved.node }) },
    status: { phase: "Pending" },
  };
  options.objects.apply(pod);
}

function podName(owner: PodOwner, objects: ClusterObjects, random: () => number): string | undefined {
  const { name, namespace } = owner.metadata;
  if (owner.kind !== "StatefulSet") return `${name}-${randomSuffix(random, 5)}`;
  for (let ordinal = 0; ordinal < owner.spec.replicas; ordinal++) {
    const candidate = `${name}-${ordinal}`;
    if (objects.get("Pod", namespace, candidate) === undefined) return candidate;
  }
  return undefined;
}
