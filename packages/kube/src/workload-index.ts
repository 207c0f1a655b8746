import type { Workload } from "./endpoint.js";
import { type KubeObject, type ObjectMeta, type OwnerReference, uidOf } from "./kube-object.js";

/** The part of an object that says who owns it. */
export interface OwnedObject {
  readonly kind: string;
  readonly metadata: Pick<ObjectMeta, "name" | "labels" | "ownerReferences">;
}

/** Longer chains of owners are a loop or a mistake. */
const MAX_OWNER_STEPS = 8;

/**
 * Finds a pod's topmost owner through the objects in between: ReplicaSets and Jobs. Where a ReplicaSet is not
 * known (forbidden, or gone already), the pod's own pod-template-hash label tells its Deployment's name.
 */
export class WorkloadIndex {
  /** By uid: what kind of object that is, and who controls it. */
  readonly #objects = new Map<string, { kind: string; owner: OwnerReference | undefined }>();

  /** A ReplicaSet, Job or other object that owns pods. True where that changes what its pods resolve to. */
  put(object: KubeObject): boolean {
    const uid = uidOf(object);
    const owner = controllerOf(object);
    const known = this.#objects.get(uid);
    this.#objects.set(uid, { kind: object.kind, owner });
    return known === undefined || known.owner?.uid !== owner?.uid;
  }

  remove(object: KubeObject): void {
    this.#objects.delete(uidOf(object));
  }

  /** Forgets all objects of a kind but these. */
  keepOnly(kind: string, uids: ReadonlySet<string>): void {
    for (const [uid, known] of this.#objects)
      if (known.kind === kind && !uids.has(uid)) this.#objects.delete(uid);
  }

  resolve(pod: OwnedObject): Workload {
    let owner = controllerOf(pod);
    // A static pod is owned by its node, which is no workload.
    if (owner === undefined || owner.kind === "Node") return { kind: pod.kind, name: pod.metadata.name };
    for (let step = 0; step < MAX_OWNER_STEPS; step++) {
      const known = this.#objects.get(owner.uid);
      if (known === undefined) return guessOwner(owner, pod);
      if (known.owner === undefined) break;
      owner = known.owner;
    }
    return { kind: owner.kind, name: owner.name };
  }
}

/** The owner that manages the object, of which there is one at most. */
export function controllerOf(object: OwnedObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** A Deployment names its ReplicaSets `<name>-<pod-template-hash>`, and labels their pods with the hash. */
function guessOwner(owner: OwnerReference, pod: OwnedObject): Workload {
  const hash = pod.metadata.labels?.["pod-template-hash"];
  if (owner.kind === "ReplicaSet" && hash && owner.name.endsWith(`-${hash}`)) {
    return { kind: "Deployment", name: owner.name.slice(0, -hash.length - 1) };
  }
  return { kind: owner.kind, name: owner.name };
}
