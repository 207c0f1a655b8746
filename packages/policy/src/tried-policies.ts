import type { ClusterState } from "./cluster.js";
import { policyKey } from "./policy.js";
import { SelectedPods } from "./selected-pods.js";
import type { PolicyName } from "./verdict.js";
import type { Proposal } from "./what-if.js";

/** What a proposal does to one policy. */
export interface TriedPolicy extends PolicyName {
  /** `absent`: it is to be removed, and is not there. */
  readonly change: "added" | "replaced" | "unchanged" | "removed" | "absent";
  /** Pods that it selects at present. */
  readonly pods: number;
}

/** A proposal's policies against those that are there, in the order of the proposal. */
export function triedPolicies(state: ClusterState, { put, remove }: Proposal): TriedPolicy[] {
  const present = new Map(state.policies.map((policy) => [policyKey(policy), policy]));
  const selected = new SelectedPods(state);
  const written = put.map((policy): TriedPolicy => {
    const { kind, namespace, name } = policy;
    const before = present.get(policyKey(policy));
    const isSame = before !== undefined && JSON.stringify(before) === JSON.stringify(policy);
    const change = before === undefined ? "added" : isSame ? "unchanged" : "replaced";
    return { kind, namespace, name, change, pods: selected.of(policy).length };
  });
  const removed = remove.map(({ kind, namespace, name }): TriedPolicy => {
    const before = present.get(policyKey({ kind, namespace, name }));
    if (before === undefined) return { kind, namespace, name, change: "absent", pods: 0 };
    return { kind, namespace, name, change: "removed", pods: selected.of(before).length };
  });
  return [...written, ...removed];
}
