import { type ClusterState, NAMESPACE_NAME_LABEL, type Pod } from "./cluster.js";
import { CompiledSelector, EVERYTHING } from "./label-selector.js";
import { type LabelSet, LabelSets } from "./label-set.js";
import type { PodSelection, Policy } from "./policy.js";

interface Labelled {
  readonly pod: Pod;
  readonly labels: LabelSet;
}

/** Which pods of a cluster a policy selects. */
export class SelectedPods {
  readonly #sets = new LabelSets();
  readonly #byNamespace = new Map<string, { labels: LabelSet; pods: Labelled[] }>();

  constructor({ pods, namespaces }: Pick<ClusterState, "pods" | "namespaces">) {
    const namespaceLabels = new Map(namespaces.map(({ name, labels }) => [name, labels]));
    for (const pod of pods) {
      let namespace = this.#byNamespace.get(pod.namespace);
      if (namespace === undefined) {
        const labels = { ...namespaceLabels.get(pod.namespace), [NAMESPACE_NAME_LABEL]: pod.namespace };
        namespace = { labels: this.#sets.of(labels), pods: [] };
        this.#byNamespace.set(pod.namespace, namespace);
      }
      namespace.pods.push({ pod, labels: this.#sets.of(pod.labels) });
    }
  }

  /** Without pods on their node's network, which no policy selects. */
  of({ namespace, subject }: Pick<Policy, "namespace" | "subject">): Pod[] {
    return this.matching(subject, namespace).filter(({ hostNetwork }) => !hostNetwork);
  }

  /** @param ownNamespace for a selection that names no namespaces */
  matching({ namespaces, pods }: PodSelection, ownNamespace: string): Pod[] {
    const namespaceSelector = new CompiledSelector(namespaces ?? EVERYTHING);
    const podSelector = new CompiledSelector(pods);
    return [...this.#byNamespace].flatMap(([name, { labels, pods: neighbours }]) => {
      const isRight = namespaces === undefined ? name === ownNamespace : namespaceSelector.selects(labels);
      if (!isRight) return [];
      return neighbours.filter((each) => podSelector.selects(each.labels)).map(({ pod }) => pod);
    });
  }
}
