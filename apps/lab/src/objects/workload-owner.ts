import type { ClusterObjects } from "./cluster-objects.js";
import type { Pod } from "./schemas.js";

/** The object that a person would name when asked what a pod belongs to. */
export interface WorkloadOwner {
  readonly kind: string;
  readonly name: string;
}

/** A pod's topmost owner: a ReplicaSet's Deployment, a StatefulSet, a Job, or the pod itself. */
export function workloadOwner(objects: ClusterObjects, pod: Pod): WorkloadOwner {
  const owner = controllerOf(pod);
  if (owner === undefined) return { kind: "Pod", name: pod.metadata.name };
  if (owner.kind !== "ReplicaSet") return owner;
  const replicaSet = objects.get("ReplicaSet", pod.metadata.namespace, owner.name);
  return (replicaSet && controllerOf(replicaSet)) ?? owner;
}

interface Owned {
  readonly metadata: {
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
}

export function controllerOf(
  object: Owned,
): { readonly kind: string; readonly name: string; readonly uid: string } | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}
