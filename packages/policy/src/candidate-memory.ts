import { type Candidates, collectCandidates } from "./candidates.js";
import type { CompiledPolicy } from "./compiled-policy.js";
import type { PeerView } from "./peer-view.js";
import type { Direction } from "./policy.js";
import type { PolicyStack } from "./policy-index.js";

/** The candidates that one stack of policies has for each peer, in one direction. */
export class CandidateMemory {
  readonly #stack: PolicyStack;
  readonly #direction: Direction;
  /** By the id of a peer's view. */
  readonly #byView = new Map<number, Candidates>();

  constructor(stack: PolicyStack, direction: Direction) {
    this.#stack = stack;
    this.#direction = direction;
  }

  get size(): number {
    return this.#byView.size;
  }

  of(view: PeerView): Candidates {
    let candidates = this.#byView.get(view.id);
    if (candidates === undefined) {
      candidates = collectCandidates(this.#stack, this.#direction, view);
      this.#byView.set(view.id, candidates);
    }
    return candidates;
  }

  isBuiltOn(policy: CompiledPolicy): boolean {
    return this.#stack.policies.has(policy);
  }
}

/** One memory for all pods that the same policies select. */
export class CandidateMemories {
  readonly #byText = new Map<string, CandidateMemory>();

  get size(): number {
    return this.#byText.size;
  }

  of(stack: PolicyStack, direction: Direction): CandidateMemory {
    const text = `${direction} ${stack.text}`;
    let memory = this.#byText.get(text);
    if (memory === undefined) {
      memory = new CandidateMemory(stack, direction);
      this.#byText.set(text, memory);
    }
    return memory;
  }

  /** For when a policy is changed or removed. */
  forget(policy: CompiledPolicy): void {
    for (const [text, memory] of this.#byText) if (memory.isBuiltOn(policy)) this.#byText.delete(text);
  }

  clear(): void {
    this.#byText.clear();
  }
}
