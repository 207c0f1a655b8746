"use client";

import type { LossCell } from "@hopline/api";
import { useState } from "react";

type Cell = Pick<LossCell, "sourceNode" | "destinationNode" | "segment">;

export interface OpenPair {
  readonly source: string | null;
  readonly destination: string | null;
}

/**
 * The pair of nodes that is opened: the one that the address names, or else the worst of the first answer on this
 * segment. That one stays until the reader chooses, so that the page does not jump from pair to pair.
 */
export function useOpenPair({ source, destination }: OpenPair, segment: LossCell["segment"]) {
  const [worst, setWorst] = useState<Cell>();
  const isNamed = source !== null && destination !== null;
  const suggested = worst?.segment === segment ? worst : undefined;
  const pair: OpenPair = isNamed
    ? { source, destination }
    : { source: suggested?.sourceNode ?? null, destination: suggested?.destinationNode ?? null };
  /** Takes note of an answer. @param badness the more, the worse */
  const suggest = <One extends Cell>(cells: readonly One[], badness: (cell: One) => number): void => {
    if (isNamed || suggested !== undefined || cells.length === 0) return;
    setWorst(cells.reduce((one, other) => (badness(other) > badness(one) ? other : one)));
  };
  return { pair, suggest };
}
