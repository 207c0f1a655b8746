import type { NamedPort } from "./cluster.js";
import type { LabelSet } from "./label-set.js";
import type { PolicyStackPair } from "./policy-stack.js";

/** What policies can tell pods apart by; addresses and nodes come with the connection. */
export interface PodTraits {
  readonly namespace: string;
  readonly namespaceLabels: LabelSet;
  readonly labels: LabelSet;
  readonly namedPorts: readonly NamedPort[];
}

/** All pods that no policy can tell apart. Its traits never change: a pod that gets other labels changes its class. */
export class PodClass implements PodTraits {
  readonly id: number;
  readonly namespace: string;
  readonly namespaceLabels: LabelSet;
  readonly labels: LabelSet;
  readonly namedPorts: readonly NamedPort[];
  /** undefined until first needed, and again when a policy changes that selects the class. */
  stacks: PolicyStackPair | undefined = undefined;

  constructor(id: number, { namespace, namespaceLabels, labels, namedPorts }: PodTraits) {
    this.id = id;
    this.namespace = namespace;
    this.namespaceLabels = namespaceLabels;
    this.labels = labels;
    this.namedPorts = namedPorts;
  }
}

/** Makes one {@link PodClass} of all pods with equal traits. */
export class PodClasses {
  readonly #byText = new Map<string, PodClass>();
  readonly #byNamespace = new Map<string, PodClass[]>();

  get size(): number {
    return this.#byText.size;
  }

  of(traits: PodTraits): PodClass {
    const { namespace, namespaceLabels, labels, namedPorts } = traits;
    const ports = namedPorts.map(({ name, protocol, port }) => `${name}=${protocol}/${port}`).sort();
    const text = `${namespace}|${namespaceLabels.id}|${labels.id}|${ports.join()}`;
    let podClass = this.#byText.get(text);
    if (podClass === undefined) {
      podClass = new PodClass(this.#byText.size, traits);
      this.#byText.set(text, podClass);
      const neighbours = this.#byNamespace.get(namespace);
      if (neighbours === undefined) this.#byNamespace.set(namespace, [podClass]);
      else neighbours.push(podClass);
    }
    return podClass;
  }

  /** Those of a namespace, or all. */
  in(namespace: string | undefined): Iterable<PodClass> {
    return namespace === undefined ? this.#byText.values() : (this.#byNamespace.get(namespace) ?? []);
  }

  clear(): void {
    this.#byText.clear();
    this.#byNamespace.clear();
  }
}
