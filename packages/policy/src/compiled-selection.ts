import { type CompiledSelector, EVERYTHING, type LabelSelector, SelectorTable } from "./label-selector.js";
import type { PodClass } from "./pod-class.js";
import type { PodSelection } from "./policy.js";

const UNKNOWN = 0;
const SELECTED = 1;
const LEFT_OUT = 2;

/** A selection of pods that remembers its answer for every {@link PodClass}. */
export class CompiledSelection {
  /** undefined: namespaces by selector. */
  readonly #namespace: string | undefined;
  readonly #namespaces: CompiledSelector;
  readonly #pods: CompiledSelector;
  #answers = new Uint8Array(64);

  constructor(namespace: string | undefined, namespaces: CompiledSelector, pods: CompiledSelector) {
    this.#namespace = namespace;
    this.#namespaces = namespaces;
    this.#pods = pods;
  }

  selects(podClass: PodClass): boolean {
    const { id } = podClass;
    if (id >= this.#answers.length) {
      const longer = new Uint8Array(2 * (id + 1));
      longer.set(this.#answers);
      this.#answers = longer;
    }
    const known = this.#answers[id];
    if (known !== UNKNOWN) return known === SELECTED;
    const isNamespaceRight =
      this.#namespace === undefined
        ? this.#namespaces.selects(podClass.namespaceLabels)
        : this.#namespace === podClass.namespace;
    const selects = isNamespaceRight && this.#pods.selects(podClass.labels);
    this.#answers[id] = selects ? SELECTED : LEFT_OUT;
    return selects;
  }

  forget(): void {
    this.#answers = new Uint8Array(64);
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

  /** For when the ids of classes start from 0 again. */
  forgetClasses(): void {
    for (const selection of this.#byText.values()) selection.forget();
  }
}
