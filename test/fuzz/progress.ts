/** The longest case that can be shown; longer ones are shown cut. */
const LONGEST_INPUT_BYTES = 2 ** 20;
const CASES = 0;
const TARGET = 1;
const LENGTH = 2;
/** 1 while a case runs; 0 while the next one is made. */
const RUNNING = 3;
const WORDS = 4;

/**
 * What the fuzzing thread is at, in shared memory: who watches can see that a case does not end, or has taken the thread with it, and
 * can still save it.
 */
export class Progress {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #input: Uint8Array;

  /** @param memory of another thread's Progress */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS + LONGEST_INPUT_BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#input = new Uint8Array(memory, 4 * WORDS);
  }

  /** Cases begun, of all targets, modulo 2^32. */
  get cases(): number {
    return Atomics.load(this.#words, CASES);
  }

  begin(targetIndex: number, input: Uint8Array): void {
    const length = Math.min(input.length, LONGEST_INPUT_BYTES);
    this.#input.set(input.subarray(0, length));
    this.#words[TARGET] = targetIndex;
    this.#words[LENGTH] = length;
    this.#words[RUNNING] = 1;
    Atomics.add(this.#words, CASES, 1);
  }

  end(): void {
    Atomics.store(this.#words, RUNNING, 0);
  }

  /** The case that runs; undefined between cases. */
  current(): { targetIndex: number; input: Uint8Array } | undefined {
    if (Atomics.load(this.#words, RUNNING) === 0) return undefined;
    const [, targetIndex = 0, length = 0] = this.#words;
    return { targetIndex, input: this.#input.slice(0, length) };
  }
}
