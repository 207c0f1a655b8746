import { type CompiledSelector, EVERYTHING, type LabelSelector, SelectorTable } from "./label-selector.js";
import type { PodTraits } from "./pod-class.js";
import type { PodSelection } from "./policy.js";

/** A selection of pods. */
export class CompiledSelection {
  /** The only one that its pods can be in; undefined: namespaces by selector. */
  readonly namespace: string | undefined;
  readonly #namespaces: CompiledSelector;
  readonly #pods: CompiledSelector;

  constructor(namespace: string | undefined, namespaces: CompiledSelector, pods: CompiledSelector) {
    this.namespace = namespace;
    this.#namespaces = namespaces;
    this.#pods = pods;
  }

  selects({ namespace, namespaceLabels, labels }: PodTraits): boolean {
    const isNamespaceRight =
      this.namespace === undefined ? this.#namespaces.selects(namespaceLabels) : this.namespace === namespace;
    return isNamespaceRight && this.#pods.selects(labels);
  }
}

/** Makes one object of all selections, and of all selectors, that are written alike. */
export class SelectionTable {
  readonly #selectors = new SelectorTable();
  readonly #byText = new Map<string, CompiledSelection>();

  get keys(): ReadonlySet<string> {
    return this.#selectors.keys;
  }

  selector(selector: LabelSelector): CompiledSelector {
    return this.#selectors.of(selector);
  }

  /** `ownNamespace` is the policy's, for a selection that names no namespaces. */
  of({ namespaces, pods }: PodSelection, ownNamespace: string): CompiledSelection {
    const namespace = namespaces === undefined ? ownNamespace : undefined;
    const text = JSON.stringify([namespace, namespaces, pods]);
    let selection = this.#byText.get(text);
    if (selection === undefined) {
      selection = new CompiledSelection(
        namespace,
        this.#selectors.of(namespaces ?? EVERYTHING),
        this.#selectors.of(pods),
      );
      this.#byText.set(text, selection);
    }
    return selection;
  }
}
