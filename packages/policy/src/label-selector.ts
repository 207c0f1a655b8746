import type { LabelSet, Labels } from "./label-set.js";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** meta/v1 LabelSelector: all of it has to hold; an empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** Selects everything. */
export const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };

const UNKNOWN = 0;
const SELECTED = 1;
const LEFT_OUT = 2;

/** A selector that remembers its answer for every {@link LabelSet}. */
export class CompiledSelector {
  readonly #requirements: readonly LabelRequirement[];
  #answers = new Uint8Array(64);

  constructor(selector: LabelSelector) {
    const equalities = Object.entries(selector.matchLabels).map(
      ([key, value]): LabelRequirement => ({ key, operator: "In", values: [value] }),
    );
    this.#requirements = [...equalities, ...selector.matchExpressions];
  }

  selects(set: LabelSet): boolean {
    if (this.#requirements.length === 0) return true;
    if (set.id >= this.#answers.length) {
      const longer = new Uint8Array(2 * (set.id + 1));
      longer.set(this.#answers);
      this.#answers = longer;
    }
    const known = this.#answers[set.id];
    if (known !== UNKNOWN) return known === SELECTED;
    const selects = this.#requirements.every((requirement) => holds(requirement, set.labels));
    this.#answers[set.id] = selects ? SELECTED : LEFT_OUT;
    return selects;
  }
}

/** `NotIn` and `DoesNotExist` hold for an object without the label (apimachinery labels.Requirement). */
function holds({ key, operator, values }: LabelRequirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(key);
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

/** Makes one {@link CompiledSelector} of all selectors that are written alike. */
export class SelectorTable {
  readonly #byText = new Map<string, CompiledSelector>();
  readonly #keys = new Set<string>();

  /** The keys of all labels that any selector ever asked for. */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  of(selector: LabelSelector): CompiledSelector {
    const text = JSON.stringify([Object.entries(selector.matchLabels).sort(), selector.matchExpressions]);
    let compiled = this.#byText.get(text);
    if (compiled === undefined) {
      compiled = new CompiledSelector(selector);
      for (const key of Object.keys(selector.matchLabels)) this.#keys.add(key);
      for (const { key } of selector.matchExpressions) this.#keys.add(key);
      this.#byText.set(text, compiled);
    }
    return compiled;
  }
}
