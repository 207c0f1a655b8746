import {
  type ClusterState,
  compile,
  type Judge,
  type Party,
  PROTOCOL_NUMBERS,
  type Verdict,
} from "@hopline/policy";
import type { PortOption } from "./port-option.js";

/** One connection and what policy says of it. */
export interface JudgedPair {
  readonly from: Party;
  readonly to: Party;
  readonly verdict: Verdict;
}

/**
 * Judges one port between all of `from` and all of `to`; undefined stands for all pods. Of pods that no policy can
 * tell apart, the first stands for all. A pod is judged with itself only where both sides name it.
 */
export function judgePairs(
  state: ClusterState,
  { protocol, port }: PortOption,
  from: readonly Party[] | undefined,
  to: readonly Party[] | undefined,
): JudgedPair[] {
  const judge = compile(state);
  const everyPod = state.pods.map(({ namespace, name }): Party => ({ kind: "pod", namespace, name }));
  const sources = distinct(judge, from ?? everyPod);
  const destinations = distinct(judge, to ?? everyPod);
  const isNamed = from !== undefined && to !== undefined;
  return sources.flatMap((source) =>
    destinations
      .filter((destination) => isNamed || partyText(source) !== partyText(destination))
      .map((destination) => ({
        from: source,
        to: destination,
        verdict: judge.judge({ source, destination, protocol: PROTOCOL_NUMBERS[protocol], port }),
      })),
  );
}

/** `shop/web-1`, a node's name or an address. */
export function partyText(party: Party): string {
  switch (party.kind) {
    case "pod":
      return `${party.namespace}/${party.name}`;
    case "node":
      return `node ${party.name}`;
    case "external":
      return party.address;
  }
}

function distinct(judge: Judge, parties: readonly Party[]): Party[] {
  const seen = new Set<string>();
  return parties.filter((party) => {
    const likeness = party.kind === "pod" ? judge.likeness(party) : undefined;
    if (likeness === undefined) return true;
    const isNew = !seen.has(likeness);
    seen.add(likeness);
    return isNew;
  });
}
