import { type ClusterObjects, uidOf } from "../objects/cluster-objects.js";
import { isReady } from "../objects/pod-status.js";
import type { Deployment, ReplicaSet } from "../objects/schemas.js";
import { controllerOf } from "../objects/workload-owner.js";
import { contentHash } from "./hash.js";

const TEMPLATE_HASH = "pod-template-hash";

/**
 * Gives each Deployment a ReplicaSet for its template. After a change of the template the old one keeps its pods
 * until the new one's are ready.
 */
export function reconcileDeployments(objects: ClusterObjects): void {
  for (const deployment of objects.list("Deployment")) {
    const { namespace } = deployment.metadata;
    const hash = contentHash(deployment.spec.template, 10);
    const name = `${deployment.metadata.name}-${hash}`;
    const owned = objects
      .list("ReplicaSet", namespace)
      .filter((candidate) => controllerOf(candidate)?.uid === deployment.metadata.uid);
    const current = owned.find((candidate) => candidate.metadata.name === name);
    applyReplicaSet(objects, deployment, name, hash, current);
    const ready = current === undefined ? 0 : readyPods(objects, current);
    for (const old of owned) {
      if (old === current || ready < deployment.spec.replicas) continue;
      if (old.spec.replicas > 0) objects.apply<"ReplicaSet">({ ...old, spec: { ...old.spec, replicas: 0 } });
      else if (ownedPods(objects, old).length === 0)
        objects.remove("ReplicaSet", namespace, old.metadata.name);
    }
  }
}

function applyReplicaSet(
  objects: ClusterObjects,
  deployment: Deployment,
  name: string,
  hash: string,
  current: ReplicaSet | undefined,
): void {
  const { template, selector, replicas } = deployment.spec;
  if (current !== undefined) {
    if (current.spec.replicas !== replicas) {
      objects.apply<"ReplicaSet">({ ...current, spec: { ...current.spec, replicas } });
    }
    return;
  }
  const labels = { ...template.metadata.labels, [TEMPLATE_HASH]: hash };
  objects.apply<"ReplicaSet">({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name,
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: deployment.metadata.name,
          uid: uidOf(deployment),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

function ownedPods(objects: ClusterObjects, replicaSet: ReplicaSet) {
  return objects
    .list("Pod", replicaSet.metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === replicaSet.metadata.uid);
}

function readyPods(objects: ClusterObjects, replicaSet: ReplicaSet): number {
  return ownedPods(objects, replicaSet).filter(isReady).length;
}
