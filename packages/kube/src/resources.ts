/** One kind of object that can be watched. */
export interface Resource {
  /** Plural, as in paths and in RBAC rules. */
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Path of the list over all namespaces. */
  readonly path: string;
  /** An extension, which not every cluster has: where it is not served, there are none of them. */
  readonly isExtension: boolean;
}

function resource(apiVersion: string, kind: string, name: string, isExtension = false): Resource {
  const root = apiVersion.includes("/") ? "/apis" : "/api";
  return { name, apiVersion, kind, path: `${root}/${apiVersion}/${name}`, isExtension };
}

function extension(apiVersion: string, kind: string, name: string): Resource {
  return resource(apiVersion, kind, name, true);
}

/** What the endpoint history is made from, and what the collector's role must let it list and watch. */
export const ENDPOINT_RESOURCES: readonly Resource[] = [
  resource("v1", "Node", "nodes"),
  resource("apps/v1", "ReplicaSet", "replicasets"),
  resource("batch/v1", "Job", "jobs"),
  resource("v1", "Pod", "pods"),
  resource("v1", "Service", "services"),
];

/** Who a Service's backends are. Where they can't be read, its selector tells. */
export const BACKEND_RESOURCES: readonly Resource[] = [
  resource("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
];

/** What policy is judged by, besides nodes, pods and services. */
export const POLICY_RESOURCES: readonly Resource[] = [
  resource("v1", "Namespace", "namespaces"),
  resource("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
  extension("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies"),
  extension(
    "policy.networking.k8s.io/v1alpha1",
    "BaselineAdminNetworkPolicy",
    "baselineadminnetworkpolicies",
  ),
  extension("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies"),
];
