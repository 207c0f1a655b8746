import { ANY_PEER, type CompiledRule, outcomeOf } from "./compiled-policy.js";
import type { Question } from "./question.js";
import type { DirectionVerdict } from "./verdict.js";

/**
 * Rules one after the other, as numbers: what is asked for each connection lies side by side here, for most rules match
 * nothing, and following them costs a cache miss each.
 */
export class RuleList {
  readonly rules: readonly CompiledRule[];
  /** Of each rule the number of its ports, how many peers it has ({@link ANY_PEER}: it is for any), and their numbers. */
  readonly #words: Int32Array;

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    this.#words = Int32Array.from(
      rules.flatMap(({ ports, peers }) => [ports, peers?.length ?? ANY_PEER, ...(peers ?? [])]),
    );
  }

  /** What the first rule decides that matches for sure. */
  firstMatch({ peers, row, ports, port }: Question): DirectionVerdict | undefined {
    const words = this.#words;
    for (let at = 0, rule = 0; at < words.length; rule++) {
      const list = words[at]!;
      const count = words[at + 1]!;
      const first = at + 2;
      at = first + Math.max(count, 0);
      if (!ports.matches(list, port)) continue;
      if (count === ANY_PEER) return outcomeOf(this.rules[rule]!, ANY_PEER);
      for (let peer = first; peer < at; peer++)
        if (peers.matches(row, words[peer]!)) return outcomeOf(this.rules[rule]!, peer - first);
    }
    return undefined;
  }
}
