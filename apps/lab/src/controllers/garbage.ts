import type { KubeObject } from "../kube-api/index.js";
import type { ClusterObjects, KindName } from "../objects/cluster-objects.js";
import { controllerOf } from "../objects/workload-owner.js";
import { deletePod } from "./delete-pod.js";

const OWNED_KINDS = ["ReplicaSet", "Pod", "EndpointSlice"] as const satisfies readonly KindName[];
const OWNER_KINDS = [
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "Job",
  "Service",
] as const satisfies readonly KindName[];

/** Takes away what is owned by something that is gone. */
export function collectGarbage(objects: ClusterObjects, nowMs: number): void {
  const owners = new Set(
    OWNER_KINDS.flatMap((kind) => objects.list(kind).map((object) => object.metadata.uid)),
  );
  for (const kind of OWNED_KINDS) {
    for (const object of objects.list(kind)) {
      const owner = controllerOf(object);
      if (owner === undefined || owners.has(owner.uid)) continue;
      if (object.kind === "Pod") deletePod(objects, object, nowMs);
      else objects.remove(kind, object.metadata.namespace, object.metadata.name);
    }
  }
}

/** Takes away an object as a user's `delete` does; a namespace goes with all that is in it. False: it was not there. */
export function deleteObject(objects: ClusterObjects, object: KubeObject, nowMs: number): boolean {
  const { apiVersion, kind, metadata } = object;
  if (kind === "Pod") {
    const pod = objects.get("Pod", metadata.namespace, metadata.name);
    if (pod !== undefined) deletePod(objects, pod, nowMs);
    return pod !== undefined;
  }
  const removed = objects.store.remove(apiVersion, kind, metadata.namespace, metadata.name);
  if (kind === "Namespace") {
    for (const [version, inside] of NAMESPACED_KINDS) {
      for (const other of objects.store.list(version, inside, metadata.name))
        deleteObject(objects, other, nowMs);
    }
  }
  return removed !== undefined;
}

const NAMESPACED_KINDS = [
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["batch/v1", "Job"],
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["networking.k8s.io/v1", "Ingress"],
  ["v1", "Service"],
  ["v1", "Pod"],
] as const;
