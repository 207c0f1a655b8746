export interface GivenUpOptions {
  /** The oldest are forgotten first. */
  readonly capacity: number;
  /** How long nobody waits for the same again. */
  readonly forMs: number;
  readonly now: () => number;
}

/** What was waited for in vain: rows that need it again are stored at once, so that a stray scan slows nobody down. */
export class GivenUp<Key> {
  readonly #options: GivenUpOptions;
  /** Key to the time until which it holds; insertion order is age. */
  readonly #until = new Map<Key, number>();

  constructor(options: GivenUpOptions) {
    this.#options = options;
  }

  add(key: Key): void {
    this.#until.delete(key);
    this.#until.set(key, this.#options.now() + this.#options.forMs);
    if (this.#until.size <= this.#options.capacity) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      break;
    }
  }

  has(key: Key): boolean {
    const untilMs = this.#until.get(key);
    if (untilMs === undefined) return false;
    if (this.#options.now() < untilMs) return true;
    this.#until.delete(key);
    return false;
  }
}
