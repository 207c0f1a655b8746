import type { Labels } from "./label-set.js";
import type { Policy } from "./policy.js";

/** The label that the API server puts on every namespace (KEP-2161). */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

/** A container's port that has a name. */
export interface NamedPort {
  readonly name: string;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
}

/** The topmost owner of a pod, or the pod itself. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
}

/** What tells a workload from all others. */
export function workloadKey(namespace: string, { kind, name }: Workload): string {
  return `${namespace}/${kind}/${name}`;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Its namespace's, where they are others than the cluster's state says: it is a pod of another time. */
  readonly namespaceLabels?: Labels;
  /** Textual; empty where they are not known, as in a manifest. */
  readonly addresses: readonly string[];
  /** undefined where it is not known, or the pod is not scheduled. */
  readonly node: string | undefined;
  readonly hostNetwork: boolean;
  readonly namedPorts: readonly NamedPort[];
  readonly workload: Workload;
}

export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
}

export interface Node {
  readonly name: string;
  readonly labels: Labels;
  /** Textual. */
  readonly addresses: readonly string[];
}

/** All that verdicts depend on. */
export interface ClusterState {
  readonly policies: readonly Policy[];
  readonly namespaces: readonly Namespace[];
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
}
