import { isDeepStrictEqual } from "node:util";
import type { ClusterObjects } from "../objects/cluster-objects.js";
import { isActive, isReady } from "../objects/pod-status.js";
import type { Pod } from "../objects/schemas.js";
import { controllerOf } from "../objects/workload-owner.js";

/** Writes how many pods each workload has into its status, as `kubectl get` shows it. */
export function updateWorkloadStatus(objects: ClusterObjects): void {
  const pods = objects.list("Pod").filter(isActive);
  const ownedBy = (object: { readonly metadata: { readonly uid?: string } }): Pod[] =>
    pods.filter((pod) => controllerOf(pod)?.uid === object.metadata.uid);

  for (const object of objects.list("ReplicaSet")) {
    const status = counts(ownedBy(object));
    if (differs(object.status, status)) objects.apply<"ReplicaSet">({ ...object, status });
  }
  for (const object of objects.list("StatefulSet")) {
    const status = counts(ownedBy(object));
    if (differs(object.status, status)) objects.apply<"StatefulSet">({ ...object, status });
  }
  for (const object of objects.list("Job")) {
    const owned = ownedBy(object);
    const status = { active: owned.length, ready: owned.filter(isReady).length };
    if (differs(object.status, status)) objects.apply<"Job">({ ...object, status });
  }
  for (const object of objects.list("Deployment")) {
    const sets = objects
      .list("ReplicaSet", object.metadata.namespace)
      .filter((replicaSet) => controllerOf(replicaSet)?.uid === object.metadata.uid);
    const owned = sets.flatMap(ownedBy);
    const status = { ...counts(owned), updatedReplicas: owned.length };
    if (differs(object.status, status)) objects.apply<"Deployment">({ ...object, status });
  }
}

function counts(pods: readonly Pod[]) {
  const ready = pods.filter(isReady).length;
  return { replicas: pods.length, readyReplicas: ready, availableReplicas: ready };
}

function differs(status: unknown, wanted: Readonly<Record<string, number>>): boolean {
  return !isDeepStrictEqual(status, wanted);
}
