/** The tuple that a client sent, as the node that translated it knows it. Addresses as text. */
export interface OriginalTuple {
  readonly clientAddress: string;
  readonly serverAddress: string;
  readonly serverPort: number;
}

/**
 * Where the two nodes of a translated connection meet. A node behind another one's NodePort sees `node1:port -> pod`
 * and no more; node1, which translated, knows who had dialled what. Both have the same connection id (decision 2).
 */
export class TranslationMeeting {
  readonly #capacity: number;
  /** Insertion order is age: what is told again moves to the end. */
  readonly #tuples = new Map<bigint, OriginalTuple>();
  #evicted = 0;

  /** @param capacity connections; the oldest are forgotten first. An entry takes some 150 bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#tuples.size;
  }

  /** Entries forgotten for want of room. */
  get evicted(): number {
    return this.#evicted;
  }

  /** The translating node told the connection's original tuple; the tuple as it is where nothing was translated. */
  tell(connectionId: bigint, tuple: OriginalTuple): void {
    this.#tuples.delete(connectionId);
    this.#tuples.set(connectionId, tuple);
    if (this.#tuples.size <= this.#capacity) return;
    for (const oldest of this.#tuples.keys()) {
      this.#tuples.delete(oldest);
      this.#evicted++;
      break;
    }
  }

  find(connectionId: bigint): OriginalTuple | undefined {
    return this.#tuples.get(connectionId);
  }
}
