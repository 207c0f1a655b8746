import { type ClusterState, type Pod, type Workload, workloadKey } from "./cluster.js";
import type { Labels } from "./label-set.js";
import { commonStableLabels } from "./stable-labels.js";

/** The fewest stable labels that select a workload's pods. */
export interface WorkloadSelector {
  readonly namespace: string;
  readonly workload: Workload;
  /** Pods that policies can select. */
  readonly pods: readonly Pod[];
  /** Empty where the pods have no stable label in common: then it selects the whole namespace. */
  readonly labels: Labels;
  /** Other workloads of the namespace that the labels select as well, as `name[Kind]`. */
  readonly others: readonly string[];
}

/** How to select each workload of a cluster; pods on their node's network are left out, for no selector finds them. */
export class WorkloadSelectors {
  readonly #byWorkload = new Map<string, WorkloadSelector>();

  constructor({ pods }: Pick<ClusterState, "pods">) {
    const selectable = pods.filter(({ hostNetwork }) => !hostNetwork);
    const groups = new Map<string, Pod[]>();
    const neighbours = new Map<string, Pod[]>();
    for (const pod of selectable) {
      push(groups, workloadKey(pod.namespace, pod.workload), pod);
      push(neighbours, pod.namespace, pod);
    }
    for (const [key, own] of groups) {
      const { namespace, workload } = own[0]!;
      const strangers = (neighbours.get(namespace) ?? []).filter(
        (pod) => workloadKey(pod.namespace, pod.workload) !== key,
      );
      const { labels, others } = fewestLabels(own, strangers);
      this.#byWorkload.set(key, { namespace, workload, pods: own, labels, others });
    }
  }

  /** undefined where it has no pods at present, or they are all on their node's network. */
  of(namespace: string, workload: Workload): WorkloadSelector | undefined {
    return this.#byWorkload.get(workloadKey(namespace, workload));
  }

  in(namespace: string): WorkloadSelector[] {
    return [...this.#byWorkload.values()].filter((each) => each.namespace === namespace);
  }
}

function fewestLabels(own: readonly Pod[], strangers: readonly Pod[]) {
  const entries = commonStableLabels(own.map(({ labels }) => labels));
  const mistaken = (chosen: typeof entries) =>
    strangers.filter(({ labels }) => chosen.every(([key, value]) => labels[key] === value));
  const fewest = mistaken(entries).length;
  let chosen = entries;
  for (const entry of [...entries].reverse()) {
    const without = chosen.filter((each) => each !== entry);
    if (without.length > 0 && mistaken(without).length === fewest) chosen = without;
  }
  const others = new Set(mistaken(chosen).map(({ workload }) => `${workload.name}[${workload.kind}]`));
  return { labels: Object.fromEntries(chosen), others: [...others].sort() };
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
