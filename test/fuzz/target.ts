import type { SeededRandom } from "../corpus/seeded-random.js";

/**
 * One thing under test. A case is bytes, so that it can be kept and run again: all choices that `make` takes (link type,
 * wire length, what is read when) are in them.
 */
export interface FuzzTarget {
  readonly name: string;
  /** A new case: the same random numbers give the same bytes. */
  make(random: SeededRandom): Uint8Array;
  /**
   * Runs a case. Whatever it throws is a finding, and so is not to return.
   *
   * @returns what became of the case, in a word: to be counted, so that a run shows what it has reached
   */
  check(input: Uint8Array): string;
}

/** The code under test broke a promise. */
export class Finding extends Error {}

export function promise(holds: boolean, what: string): void {
  if (!holds) throw new Finding(what);
}
