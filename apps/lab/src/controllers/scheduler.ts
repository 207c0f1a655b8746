import type { ClusterObjects } from "../objects/cluster-objects.js";
import { matchesLabels } from "../objects/label-selector.js";
import { isActive } from "../objects/pod-status.js";
import type { Pod } from "../objects/schemas.js";
import { controllerOf } from "../objects/workload-owner.js";

/**
 * Binds pods to nodes: of those that a pod's nodeSelector admits, the one with the fewest pods of the same owner,
 * then with the fewest pods, then the first by name.
 */
export function schedulePods(objects: ClusterObjects): void {
  const nodes = objects.list("Node");
  for (const pod of objects.list("Pod")) {
    if (pod.spec.nodeName !== undefined || !isActive(pod)) continue;
    const active = objects.list("Pod").filter(isActive);
    const [best] = nodes
      .filter((node) => matchesLabels(pod.spec.nodeSelector ?? {}, node.metadata.labels))
      .map((node) => {
        const there = active.filter((other) => other.spec.nodeName === node.metadata.name);
        return {
          name: node.metadata.name,
          siblings: there.filter((other) => haveSameOwner(pod, other)).length,
          pods: there.length,
        };
      })
      .sort((left, right) => left.siblings - right.siblings || left.pods - right.pods);
    if (best !== undefined) objects.apply<"Pod">({ ...pod, spec: { ...pod.spec, nodeName: best.name } });
  }
}

function haveSameOwner(left: Pod, right: Pod): boolean {
  const owner = controllerOf(left)?.uid;
  return owner !== undefined && owner === controllerOf(right)?.uid;
}
