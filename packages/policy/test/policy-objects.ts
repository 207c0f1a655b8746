import { parsePolicy } from "../src/parse-policy.js";
import type { Policy } from "../src/policy.js";

/** A NetworkPolicy from its spec, by the way that real ones go. */
export function networkPolicy(namespace: string, name: string, spec: object): Policy {
  return parsed("NetworkPolicy", "networking.k8s.io/v1", { name, namespace }, spec);
}

export function adminNetworkPolicy(name: string, spec: object): Policy {
  return parsed("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1", { name }, spec);
}

export function baselineAdminNetworkPolicy(spec: object): Policy {
  return parsed("BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1", { name: "default" }, spec);
}

export function clusterNetworkPolicy(name: string, spec: object): Policy {
  return parsed("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2", { name }, spec);
}

function parsed(kind: string, apiVersion: string, metadata: object, spec: object): Policy {
  const { value, issues } = parsePolicy(kind, { apiVersion, kind, metadata, spec });
  if (issues !== undefined) throw new Error(JSON.stringify(issues));
  return value;
}
