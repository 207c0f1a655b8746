/** First in, first out, of entry indexes; its owner sees to it that an entry stands in it once at most. */
export class EntryRing {
  readonly #indexes: Int32Array;
  readonly #mask: number;
  #head = 0;
  #length = 0;

  /** @param capacity number of entries that there are */
  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(capacity, 1)));
    this.#indexes = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get length(): number {
    return this.#length;
  }

  push(index: number): void {
    this.#indexes[(this.#head + this.#length) & this.#mask] = index;
    this.#length++;
  }

  /** The first one; only where `length` > 0. */
  first(): number {
    return this.#indexes[this.#head];
  }

  /** The one `ahead` places behind the first; only where `length` > `ahead`. */
  peek(ahead: number): number {
    return this.#indexes[(this.#head + ahead) & this.#mask];
  }

  /** Takes the first one out; only where `length` > 0. */
  shift(): number {
    const index = this.#indexes[this.#head];
    this.#head = (this.#head + 1) & this.#mask;
    this.#length--;
    return index;
  }
}
