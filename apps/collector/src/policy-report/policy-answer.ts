import type {
  AuditCounts,
  Conformance,
  PolicyAnswer,
  PolicyFigures,
  PolicyRule,
  UncoveredWorkload,
  VerdictRecord,
} from "@hopline/api";
import { type ClusterState, type Policy, policyKey, ruleText, SelectedPods } from "@hopline/policy";
import type { PolicyDecisions } from "@hopline/store";
import type { PolicyCluster } from "./policy-cluster.js";
import { entityOf } from "./traffic-rows.js";

type Direction = "ingress" | "egress";
const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** The field of {@link AuditCounts} for each word. */
const COUNTED = {
  allowed: "allowed",
  "denied-observed": "deniedObserved",
  "denied-inferred": "deniedInferred",
  unenforced: "unenforced",
  undelivered: "undelivered",
  undetermined: "undetermined",
} as const satisfies Readonly<Record<Conformance, keyof AuditCounts>>;

/** What each policy allowed, denied and never matched, and whom none selects. */
export function policyAnswer(
  cluster: PolicyCluster,
  decided: PolicyDecisions,
  namespaces: readonly string[] | undefined,
): PolicyAnswer {
  const state = cluster.state();
  const isAskedFor = (namespace: string) =>
    namespaces === undefined || namespaces.length === 0 || namespace === "" || namespaces.includes(namespace);
  const figures = new Map<string, PolicyTally>();
  const selected = new SelectedPods(state);
  for (const policy of state.policies) {
    if (!isAskedFor(policy.namespace)) continue;
    const version = cluster.versionOf(policy);
    figures.set(policyKey(policy), new PolicyTally(policy, version, selected.of(policy).length));
  }
  const totals = noCounts();
  for (const { record, conformance, connections, lastSeenMs } of decided.decisions) {
    add(totals, conformance, connections);
    for (const [key, part] of record === null ? [] : partsIn(record, conformance)) {
      if (!isAskedFor(part.name.namespace)) continue;
      const tally = figures.get(key) ?? new PolicyTally(part.name, "", 0);
      figures.set(key, tally);
      tally.add(conformance, connections, lastSeenMs, part.rules);
    }
  }
  return {
    range: decided.range,
    policies: [...figures.values()].map((tally) => tally.figures()).sort(byConcern),
    totals,
    series: seriesOf(decided),
    latest: [...decided.latest],
    uncovered: uncoveredIn(state, selected, isAskedFor),
    problems: [...cluster.problems],
    missing: cluster.missing,
  };
}

type Name = Pick<PolicyFigures, "kind" | "namespace" | "name">;
interface Part {
  readonly name: Name;
  readonly rules: { readonly direction: Direction; readonly index: number }[];
}

/** Which policies had a part in a verdict: of a denial, those that denied. */
function partsIn(record: VerdictRecord, conformance: Conformance): Map<string, Part> {
  const parts = new Map<string, Part>();
  const isDenial = DIRECTIONS.some((direction) => record[direction].verdict === "denied");
  for (const direction of DIRECTIONS) {
    const { verdict, by, policies } = record[direction];
    if (isDenial && verdict !== "denied" && conformance !== "undetermined") continue;
    for (const { kind, namespace, name, rule } of policies) {
      const key = policyKey({ kind, namespace, name });
      const part = parts.get(key) ?? { name: { kind, namespace, name }, rules: [] };
      parts.set(key, part);
      if (by === "rule" && rule !== undefined) part.rules.push({ direction, index: rule });
    }
  }
  return parts;
}

/** Adds up what one policy decided. */
class PolicyTally {
  readonly #name: Name;
  readonly #policy: Policy | undefined;
  readonly #version: string;
  readonly #pods: number;
  readonly #counts = noCounts();
  readonly #rules = new Map<string, { connections: number; lastSeen: number }>();
  #lastSeen: number | null = null;

  /** @param policy only its name, where it is gone */
  constructor(policy: Policy | Name, version: string, pods: number) {
    const { kind, namespace, name } = policy;
    this.#name = { kind, namespace, name };
    this.#policy = "tier" in policy ? policy : undefined;
    this.#version = version;
    this.#pods = pods;
  }

  add(conformance: Conformance, connections: number, lastSeenMs: number, rules: Part["rules"]): void {
    add(this.#counts, conformance, connections);
    this.#lastSeen = Math.max(this.#lastSeen ?? 0, lastSeenMs);
    for (const { direction, index } of rules) {
      const key = `${direction}/${index}`;
      const known = this.#rules.get(key) ?? { connections: 0, lastSeen: 0 };
      this.#rules.set(key, {
        connections: known.connections + connections,
        lastSeen: Math.max(known.lastSeen, lastSeenMs),
      });
    }
  }

  figures(): PolicyFigures {
    const policy = this.#policy;
    return {
      ...this.#name,
      tier: policy?.tier ?? null,
      version: this.#version,
      present: policy !== undefined,
      pods: this.#pods,
      directions: DIRECTIONS.filter((direction) => policy?.[direction] !== undefined),
      counts: this.#counts,
      lastSeen: this.#lastSeen,
      rules: policy === undefined ? [] : DIRECTIONS.flatMap((direction) => this.#rulesOf(policy, direction)),
    };
  }

  #rulesOf(policy: Policy, direction: Direction): PolicyRule[] {
    return (policy[direction] ?? []).map((rule, index) => {
      const seen = this.#rules.get(`${direction}/${index}`);
      return {
        direction,
        index,
        name: rule.name ?? null,
        action: rule.action,
        text: ruleText(rule),
        connections: seen?.connections ?? 0,
        lastSeen: seen?.lastSeen ?? null,
      };
    });
  }
}

function noCounts(): AuditCounts {
  return {
    connections: 0,
    allowed: 0,
    deniedObserved: 0,
    deniedInferred: 0,
    unenforced: 0,
    undelivered: 0,
    undetermined: 0,
  };
}

function add(counts: AuditCounts, conformance: Conformance, connections: number): void {
  counts.connections += connections;
  counts[COUNTED[conformance]] += connections;
}

/** What is not enforced first, then what denied most, then what decided most. */
function byConcern(one: PolicyFigures, other: PolicyFigures): number {
  const denied = ({ counts }: PolicyFigures) => counts.deniedObserved + counts.deniedInferred;
  return (
    other.counts.unenforced - one.counts.unenforced ||
    denied(other) - denied(one) ||
    other.counts.connections - one.counts.connections ||
    (policyKey(one) < policyKey(other) ? -1 : 1)
  );
}

function seriesOf({ range, stepSeconds, decisions }: PolicyDecisions): PolicyAnswer["series"] {
  const steps = new Map<number, PolicyAnswer["series"]["points"][number]>();
  for (let time = range.from; time < range.to; time += stepSeconds * 1000)
    steps.set(time, { time, deniedObserved: 0, deniedInferred: 0, unenforced: 0 });
  for (const { conformance, stepStart, connections } of decisions) {
    const point = steps.get(stepStart * 1000);
    const field = COUNTED[conformance];
    if (point === undefined) continue;
    if (field === "deniedObserved" || field === "deniedInferred" || field === "unenforced")
      point[field] += connections;
  }
  return { stepSeconds, points: [...steps.values()] };
}

/** Workloads that some direction leaves open: no policy of any tier selects all of their pods in it. */
function uncoveredIn(
  state: ClusterState,
  selected: SelectedPods,
  isAskedFor: (namespace: string) => boolean,
): UncoveredWorkload[] {
  const covered: Readonly<Record<Direction, Set<string>>> = { ingress: new Set(), egress: new Set() };
  for (const policy of state.policies) {
    const pods = selected.of(policy).map(podKey);
    for (const direction of DIRECTIONS)
      if (policy[direction] !== undefined) for (const pod of pods) covered[direction].add(pod);
  }
  const workloads = new Map<string, UncoveredWorkload>();
  for (const pod of state.pods) {
    // No policy can select pods on their node's network.
    if (pod.hostNetwork || !isAskedFor(pod.namespace)) continue;
    const { namespace, workload } = pod;
    const key = `${namespace}/${workload.kind}/${workload.name}`;
    const known = workloads.get(key);
    workloads.set(key, {
      workload: entityOf({ kind: "workload", namespace, workload }),
      pods: (known?.pods ?? 0) + 1,
      ingress: (known?.ingress ?? true) && covered.ingress.has(podKey(pod)),
      egress: (known?.egress ?? true) && covered.egress.has(podKey(pod)),
    });
  }
  return [...workloads.entries()]
    .filter(([, { ingress, egress }]) => !ingress || !egress)
    .sort(
      ([oneKey, one], [otherKey, other]) =>
        Number(one.ingress) + Number(one.egress) - Number(other.ingress) - Number(other.egress) ||
        (oneKey < otherKey ? -1 : 1),
    )
    .map(([, workload]) => workload);
}

function podKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
