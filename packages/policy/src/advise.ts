import { advisedManifest } from "./advised-manifest.js";
import { type AdvisedPolicy, AdvisedPolicyBuilder } from "./advised-policy.js";
import { type ClusterState, type Workload, workloadKey } from "./cluster.js";
import { type LeftOut, LeftOutRows, type Unadvised } from "./left-out.js";
import { type Policy, policyKey } from "./policy.js";
import { PresentParties } from "./present-parties.js";
import { readProposal } from "./read-proposal.js";
import { SelectedPods } from "./selected-pods.js";
import type { TrafficRow } from "./traffic.js";
import { TrafficJudge, type TrafficVerdict } from "./traffic-judge.js";
import { TrafficSides } from "./traffic-sides.js";
import { groupWhatIf, type WhatIf, WhatIfJudge, type WhatIfRow } from "./what-if.js";
import { type WorkloadSelector, WorkloadSelectors } from "./workload-selectors.js";

export interface AdviceScope {
  readonly namespace: string;
  /** Only for this workload; for all of the namespace without it. */
  readonly workload?: Workload;
}

/** NetworkPolicies that allow what was seen, and little else. */
export interface Advice {
  /** Manifests with comments, ready to be applied. */
  readonly yaml: string;
  /** What the manifests say, read back. */
  readonly policies: readonly Policy[];
  readonly leftOut: readonly LeftOut[];
  readonly unadvised: readonly Unadvised[];
  /** Connections that the policies were made from. */
  readonly madeFrom: number;
  /** The manifests tried on what they were made from: nothing in it is newly denied. */
  readonly check: WhatIf;
}

/** The part of a name that is added, so that it is clear whose idea a policy was. */
const NAME_PREFIX = "hopline-";
/** RFC 1123 subdomain. */
const MAX_NAME_LENGTH = 253;

/** Rows between two rests: about 20 ms. */
const ROWS_AT_ONCE = 500;

/** {@link adviseInSteps}, all at once. */
export function advise(state: ClusterState, traffic: readonly TrafficRow[], scope: AdviceScope): Advice {
  const steps = adviseInSteps(state, traffic, scope);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The least NetworkPolicies for the workloads of a namespace that allow what was seen of them. What present policies deny
 * and what came to nothing is not seen as needed; it is named, with whatever no rule can say. It rests every few milliseconds, so
 * that whoever asks can do something else in between.
 */
export function* adviseInSteps(
  state: ClusterState,
  traffic: readonly TrafficRow[],
  scope: AdviceScope,
): Generator<void, Advice, void> {
  const present = new PresentParties(state);
  const { drafts, unadvised } = draftsFor(state, present, scope);
  const leftOut = new LeftOutRows();
  const used: TrafficRow[] = [];
  const trafficSides = new TrafficSides(state, scope.namespace, present);
  const judge = new TrafficJudge(state, present);
  for (const [at, row] of traffic.entries()) {
    if (at % ROWS_AT_ONCE === 0) yield;
    const before = judge.of(row);
    const sides = trafficSides.of(row).flatMap(({ direction, workload }) => {
      const builder = drafts.get(workload)?.builder;
      return builder === undefined ? [] : [{ direction, builder }];
    });
    if (sides.length === 0) continue;
    const reason = whyUnneeded(row, before);
    if (reason !== undefined) {
      leftOut.add(row, reason);
      continue;
    }
    const obstacles = sides
      .filter(({ direction }) => !(direction === "ingress" && isFromOwnNode(row, before)))
      .flatMap(({ direction, builder }) => builder.add(row, direction) ?? []);
    if (obstacles[0] === undefined) used.push(row);
    else leftOut.add(row, obstacles[0]);
  }

  const selected = new SelectedPods(state);
  const policies: AdvisedPolicy[] = [];
  for (const { workload, name, builder } of drafts.values()) {
    if (builder.isEmpty) {
      unadvised.push({ workload, reason: "no traffic of it was seen that a rule could allow" });
      continue;
    }
    yield;
    for (const sentence of standingNotes(state, selected, scope.namespace, workload, name))
      builder.note(sentence);
    policies.push(builder.build(name));
  }

  const yaml = advisedManifest({ namespace: scope.namespace, policies, leftOut: leftOut.rows, unadvised });
  const read = readProposal([{ path: "advice.yaml", text: yaml }]);
  const tried = new WhatIfJudge(state, { put: read.policies, remove: [] });
  const triedRows: WhatIfRow[] = [];
  for (const [at, row] of used.entries()) {
    if (at % ROWS_AT_ONCE === 0) yield;
    triedRows.push(tried.of(row));
  }
  const check = groupWhatIf(triedRows);
  const madeFrom = used.reduce((sum, { connections }) => sum + connections, 0);
  return { yaml, policies: read.policies, leftOut: leftOut.rows, unadvised, madeFrom, check };
}

/** A policy to be, of one workload. */
interface Draft {
  readonly workload: Workload;
  readonly name: string;
  readonly builder: AdvisedPolicyBuilder;
}

/** One for each workload in scope that can be selected, by its key; of the others, why not. */
function draftsFor(
  state: ClusterState,
  present: PresentParties,
  scope: AdviceScope,
): { drafts: ReadonlyMap<string, Draft>; unadvised: Unadvised[] } {
  const selectors = new WorkloadSelectors(state);
  const drafts = new Map<string, Draft>();
  const unadvised: Unadvised[] = [];
  const taken = new Set<string>();
  for (const workload of workloadsIn(state, scope)) {
    const selector = selectors.of(scope.namespace, workload);
    const reason = whyUnselectable(selector);
    if (selector === undefined || reason !== undefined) {
      unadvised.push({ workload, reason: reason ?? "" });
      continue;
    }
    drafts.set(workloadKey(scope.namespace, workload), {
      workload,
      name: freeName(workload, taken),
      builder: new AdvisedPolicyBuilder({ state, selectors, present }, selector),
    });
  }
  return { drafts, unadvised };
}

function workloadsIn({ pods }: ClusterState, { namespace, workload }: AdviceScope): Workload[] {
  const byKey = new Map<string, Workload>();
  for (const pod of pods) {
    if (pod.namespace !== namespace) continue;
    const key = workloadKey(namespace, pod.workload);
    if (workload === undefined || workloadKey(namespace, workload) === key) byKey.set(key, pod.workload);
  }
  return [...byKey.values()].sort((one, other) =>
    `${one.name}/${one.kind}` < `${other.name}/${other.kind}` ? -1 : 1,
  );
}

function whyUnselectable(selector: WorkloadSelector | undefined): string | undefined {
  if (selector === undefined) return "its pods are on their nodes' network, and no policy selects those";
  if (Object.keys(selector.labels).length === 0) return "its pods share no stable label to select them by";
  if (selector.others.length === 0) return undefined;
  return `its stable labels select ${selector.others.join(" and ")} as well; give it a label of its own`;
}

function whyUnneeded({ connections, failed }: TrafficRow, before: TrafficVerdict): string | undefined {
  if (before.verdict === "denied") return "present policies deny it";
  if (failed >= connections) return "none of it came to anything";
  return before.doubt === "gone" ? "one end is not there any more" : undefined;
}

/** A pod's own node (its kubelet's probes) always reaches it; wherever the pod goes, that is another node. */
function isFromOwnNode({ source, destination }: TrafficRow, { of }: TrafficVerdict): boolean {
  if (source.parties.length !== 1 || destination.parties.length !== 1) return false;
  return of?.ingress.by.kind === "exemption" && of.ingress.by.exemption === "own-node";
}

/** What stands beside the policy that is advised. */
function standingNotes(
  state: ClusterState,
  selected: SelectedPods,
  namespace: string,
  workload: Workload,
  name: string,
): string[] {
  const isOwn = (policy: Policy) =>
    selected
      .of(policy)
      .some((pod) => workloadKey(pod.namespace, pod.workload) === workloadKey(namespace, workload));
  const beside = state.policies.filter((policy) => policy.kind === "NetworkPolicy" && isOwn(policy));
  const own = beside.find((policy) => policyKey(policy) === `NetworkPolicy/${namespace}/${name}`);
  const others = beside.filter((policy) => policy !== own).map((policy) => policy.name);
  return [
    ...(own === undefined ? [] : ["It takes the place of the NetworkPolicy of the same name"]),
    ...(others.length === 0
      ? []
      : [
          `${others.join(" and ")} select${others.length === 1 ? "s" : ""} these pods too, and what one policy allows no other takes back`,
        ]),
  ];
}

function freeName({ kind, name }: Workload, taken: Set<string>): string {
  const plain = `${NAME_PREFIX}${name}`.slice(0, MAX_NAME_LENGTH);
  const free = taken.has(plain) ? `${plain}-${kind.toLowerCase()}`.slice(-MAX_NAME_LENGTH) : plain;
  taken.add(free);
  return free;
}
