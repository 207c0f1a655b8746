import type { CompiledPeers } from "./compiled-peers.js";
import type { PeerView } from "./peer-view.js";
import type { Doubt } from "./verdict.js";

/** Before the bits of a row: how many numbers have been asked, and whether there are doubts. */
const ASKED = 0;
const HAS_DOUBTS = 1;
const HEAD = 2;

/**
 * Which elements of all rules' `from` and `to` match which {@link PeerView}: a row for each id, a bit for each number in
 * {@link CompiledPeers}. All rows lie in one array: what is asked for each connection is found without following objects.
 */
export class PeerMatrix {
  readonly #peers: CompiledPeers;
  /** Of the rows with doubts: by id, then by number. */
  readonly #doubts = new Map<number, Map<number, Doubt>>();
  #words = new Int32Array(0);
  /** Words of a row. */
  #stride = HEAD;

  constructor(peers: CompiledPeers) {
    this.#peers = peers;
  }

  /** Where the row of a view begins, with everything asked. */
  rowOf(view: PeerView): number {
    const row = view.id * this.#stride;
    const isComplete = row < this.#words.length && this.#words[row + ASKED] === this.#peers.count;
    return isComplete ? row : this.#complete(view);
  }

  /** Whether it matches for sure. `row` is of {@link rowOf}, and `number` in it. */
  matches(row: number, number: number): boolean {
    return (this.#words[row + HEAD + (number >>> 5)]! & (1 << (number & 31))) !== 0;
  }

  hasDoubts(row: number): boolean {
    return this.#words[row + HAS_DOUBTS] !== 0;
  }

  /** Why it can't be said whether it matches; undefined where that can be said. */
  doubtOf(row: number, number: number): Doubt | undefined {
    return this.#doubts.get(row / this.#stride)?.get(number);
  }

  clear(): void {
    this.#doubts.clear();
    this.#words = new Int32Array(0);
  }

  #complete(view: PeerView): number {
    const { count } = this.#peers;
    this.#makeRoom(view.id, HEAD + ((count + 31) >>> 5));
    const words = this.#words;
    const row = view.id * this.#stride;
    this.#peers.matching(view, words[row + ASKED]!, (number, match) => {
      if (match === true) words[row + HEAD + (number >>> 5)]! |= 1 << (number & 31);
      else this.#noteDoubt(view.id, number, match);
    });
    words[row + ASKED] = count;
    if (this.#doubts.has(view.id)) words[row + HAS_DOUBTS] = 1;
    return row;
  }

  #noteDoubt(id: number, number: number, doubt: Doubt): void {
    const known = this.#doubts.get(id);
    if (known === undefined) this.#doubts.set(id, new Map([[number, doubt]]));
    else known.set(number, doubt);
  }

  /** For a row that is so long, with room for more and longer ones. */
  #makeRoom(id: number, length: number): void {
    const stride = length <= this.#stride ? this.#stride : length + (length >> 2);
    const rows = this.#words.length / this.#stride;
    if (stride === this.#stride && id < rows) return;
    const words = new Int32Array(stride * (id < rows ? rows : 2 * id + 64));
    for (let row = 0; row < rows; row++)
      words.set(this.#words.subarray(row * this.#stride, (row + 1) * this.#stride), row * stride);
    this.#words = words;
    this.#stride = stride;
  }
}
