export type Labels = Readonly<Record<string, string>>;

/** Labels that an object has; equal ones are one object, so that an answer about them is found by `id`. */
export interface LabelSet {
  readonly id: number;
  readonly labels: ReadonlyMap<string, string>;
}

/** Makes one {@link LabelSet} of all equal labels. */
export class LabelSets {
  readonly #byText = new Map<string, LabelSet>();

  of(labels: Labels): LabelSet {
    const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify(entries);
    let set = this.#byText.get(text);
    if (set === undefined) {
      set = { id: this.#byText.size, labels: new Map(entries) };
      this.#byText.set(text, set);
    }
    return set;
  }
}
