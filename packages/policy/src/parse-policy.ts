import { parseAdminNetworkPolicy, parseBaselineAdminNetworkPolicy } from "./admin-network-policy.js";
import { parseClusterNetworkPolicy } from "./cluster-network-policy.js";
import type { Parsed } from "./field-issue.js";
import { parseNetworkPolicy } from "./network-policy.js";
import type { Policy, PolicyKind } from "./policy.js";

const PARSERS: Readonly<Record<PolicyKind, (object: unknown) => Parsed<Policy>>> = {
  NetworkPolicy: parseNetworkPolicy,
  AdminNetworkPolicy: parseAdminNetworkPolicy,
  BaselineAdminNetworkPolicy: parseBaselineAdminNetworkPolicy,
  ClusterNetworkPolicy: parseClusterNetworkPolicy,
};

const API_GROUPS: ReadonlySet<string> = new Set([
  "networking.k8s.io",
  "policy.networking.k8s.io",
  "extensions",
]);

/** Whether an object is a policy of the kinds that are judged; other groups have kinds of the same names. */
export function isPolicy(object: { readonly apiVersion: string; readonly kind: string }): boolean {
  return Object.hasOwn(PARSERS, object.kind) && API_GROUPS.has(object.apiVersion.split("/")[0] ?? "");
}

/** A policy object of one of the four kinds. Whatever is wrong with it is named by its field. */
export function parsePolicy(kind: string, object: unknown): Parsed<Policy> {
  const parse = Object.entries(PARSERS).find(([known]) => known === kind)?.[1];
  if (parse === undefined) return { issues: [{ path: ["kind"], message: `${kind} is no policy` }] };
  return parse(object);
}
