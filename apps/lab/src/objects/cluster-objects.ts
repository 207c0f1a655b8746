import type { KubeObject, ObjectStore } from "../kube-api/index.js";
import type {
  Deployment,
  EndpointSlice,
  Job,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from "./schemas.js";

interface Kinds {
  Node: Node;
  Namespace: Namespace;
  Pod: Pod;
  Service: Service;
  EndpointSlice: EndpointSlice;
  ReplicaSet: ReplicaSet;
  Deployment: Deployment;
  StatefulSet: StatefulSet;
  Job: Job;
  NetworkPolicy: NetworkPolicy;
}

export type KindName = keyof Kinds;

export const API_VERSIONS: { readonly [Name in KindName]: Kinds[Name]["apiVersion"] } = {
  Node: "v1",
  Namespace: "v1",
  Pod: "v1",
  Service: "v1",
  EndpointSlice: "discovery.k8s.io/v1",
  ReplicaSet: "apps/v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  Job: "batch/v1",
  NetworkPolicy: "networking.k8s.io/v1",
};

/**
 * The store, with the types of what it holds. Everything enters it through the schemas (admission) or is written by
 * the lab's own controllers, so that reading back needs no second check.
 */
export class ClusterObjects {
  readonly store: ObjectStore;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  list<Name extends KindName>(kind: Name, namespace?: string): Kinds[Name][] {
    return this.store.list(API_VERSIONS[kind], kind, namespace) as KubeObject[] as Kinds[Name][];
  }

  get<Name extends KindName>(
    kind: Name,
    namespace: string | undefined,
    name: string,
  ): Kinds[Name] | undefined {
    return this.store.get(API_VERSIONS[kind], kind, namespace, name) as KubeObject as Kinds[Name] | undefined;
  }

  apply<Name extends KindName>(object: Kinds[Name]): Kinds[Name] {
    return this.store.apply(object) as KubeObject as Kinds[Name];
  }

  remove(kind: KindName, namespace: string | undefined, name: string): boolean {
    return this.store.remove(API_VERSIONS[kind], kind, namespace, name) !== undefined;
  }
}

/** `uid` of what the store holds: it gives one to every object. */
export function uidOf(object: { readonly metadata: { readonly uid?: string } }): string {
  const { uid } = object.metadata;
  if (uid === undefined) throw new Error("an object outside of the store has no uid");
  return uid;
}
