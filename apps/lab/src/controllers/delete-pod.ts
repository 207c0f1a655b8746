import type { ClusterObjects } from "../objects/cluster-objects.js";
import type { Pod } from "../objects/schemas.js";

const GRACE_PERIOD_SECONDS = 5;

/** Marks a pod for deletion; its kubelet ends it and then takes the object away. Unbound pods go at once. */
export function deletePod(objects: ClusterObjects, pod: Pod, nowMs: number): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  if (pod.spec.nodeName === undefined) {
    objects.remove("Pod", pod.metadata.namespace, pod.metadata.name);
    return;
  }
  const deletionTimestamp = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  objects.apply({
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: GRACE_PERIOD_SECONDS },
  });
}
