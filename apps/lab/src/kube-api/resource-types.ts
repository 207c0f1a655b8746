/** One kind of object that the API serves, under the names that discovery gives it. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly categories: readonly string[];
}

const ALL = ["all"] as const;

function resource(
  apiVersion: string,
  kind: string,
  plural: string,
  options: { shortNames?: readonly string[]; clusterScoped?: true; categories?: readonly string[] } = {},
): ResourceType {
  const slash = apiVersion.indexOf("/");
  return {
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: options.shortNames ?? [],
    namespaced: options.clusterScoped !== true,
    categories: options.categories ?? [],
  };
}

/** Everything that the lab's API knows; another apiVersion or kind is refused by the store. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  resource("v1", "Node", "nodes", { shortNames: ["no"], clusterScoped: true }),
  resource("v1", "Namespace", "namespaces", { shortNames: ["ns"], clusterScoped: true }),
  resource("v1", "Pod", "pods", { shortNames: ["po"], categories: ALL }),
  resource("v1", "Service", "services", { shortNames: ["svc"], categories: ALL }),
  resource("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
  resource("apps/v1", "ReplicaSet", "replicasets", { shortNames: ["rs"], categories: ALL }),
  resource("apps/v1", "Deployment", "deployments", { shortNames: ["deploy"], categories: ALL }),
  resource("apps/v1", "StatefulSet", "statefulsets", { shortNames: ["sts"], categories: ALL }),
  resource("apps/v1", "DaemonSet", "daemonsets", { shortNames: ["ds"], categories: ALL }),
  resource("batch/v1", "Job", "jobs", { categories: ALL }),
  resource("batch/v1", "CronJob", "cronjobs", { shortNames: ["cj"], categories: ALL }),
  resource("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", { shortNames: ["netpol"] }),
  resource("networking.k8s.io/v1", "Ingress", "ingresses", { shortNames: ["ing"] }),
];

/** `v1`, or `group/version`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

export function resourceTypeOf(apiVersion: string, kind: string): ResourceType | undefined {
  return RESOURCE_TYPES.find((type) => type.kind === kind && apiVersionOf(type) === apiVersion);
}

/** Where an object stands among those of its type, in the order of a list: namespace, then name. */
export function objectKey(type: ResourceType, namespace: string | undefined, name: string): string {
  return type.namespaced ? `${namespace}/${name}` : name;
}
