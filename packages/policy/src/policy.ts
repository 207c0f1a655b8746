import type { LabelSelector } from "./label-selector.js";

/** Tiers in the order in which they are asked. */
export type Tier = "admin" | "networkPolicy" | "baseline";

export type PolicyKind =
  | "NetworkPolicy"
  | "AdminNetworkPolicy"
  | "BaselineAdminNetworkPolicy"
  | "ClusterNetworkPolicy";

export type Action = "allow" | "deny" | "pass";

export type Direction = "ingress" | "egress";

/** Which pods: of which namespaces, and which of their pods. */
export interface PodSelection {
  /** undefined: the policy's own namespace. */
  readonly namespaces: LabelSelector | undefined;
  readonly pods: LabelSelector;
}

/** One element of a rule's `from` or `to`. */
export type Peer =
  | ({ readonly kind: "pods" } & PodSelection)
  /** In CIDR notation. `except` takes away from this element only. */
  | { readonly kind: "networks"; readonly networks: readonly string[]; readonly except: readonly string[] }
  | { readonly kind: "nodes"; readonly nodes: LabelSelector }
  | { readonly kind: "domains"; readonly names: readonly string[] };

/** One element of a rule's ports. */
export type PortMatch =
  /** Destination ports from `first` to `last`, both included, of one protocol (IANA number). */
  | { readonly kind: "range"; readonly protocol: number; readonly first: number; readonly last: number }
  /** The destination pod's port of this name; of any protocol where `protocol` is undefined. */
  | { readonly kind: "name"; readonly protocol: number | undefined; readonly name: string };

export interface Rule {
  readonly name: string | undefined;
  readonly action: Action;
  /** undefined: anything at all, in the cluster or out of it. */
  readonly peers: readonly Peer[] | undefined;
  /** undefined: any port of any protocol. */
  readonly ports: readonly PortMatch[] | undefined;
}

/** A policy of any of the four kinds, in one form. */
export interface Policy {
  readonly kind: PolicyKind;
  readonly tier: Tier;
  /** Empty for the kinds that belong to no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Lower goes first, within a tier. 0 where the kind has none. */
  readonly priority: number;
  readonly subject: PodSelection;
  /**
   * undefined: says nothing about this direction. A NetworkPolicy with an empty list isolates its pods; the other
   * kinds never isolate.
   */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
}

/** What tells a policy from all others. */
export function policyKey({ kind, namespace, name }: Pick<Policy, "kind" | "namespace" | "name">): string {
  return `${kind}/${namespace}/${name}`;
}
