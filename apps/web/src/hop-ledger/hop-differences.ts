import type { Hop } from "@hopline/api";
import type { HopColumn } from "./hop-columns";

export type Direction = "forward" | "reply";

/** A direction's hop and how it differs from the one that its packets passed before. */
export interface HopStep {
  readonly column: HopColumn;
  readonly hop: Hop | undefined;
  /** Payload bytes less than at the hop before (negative: more); undefined for the first and where one is missing. */
  readonly missingPayloadBytes: number | undefined;
  /** First seen here minus first seen at the direction's first hop, milliseconds; across nodes it holds the difference of their clocks. */
  readonly sinceFirstMs: number | undefined;
  readonly sameNodeAsFirst: boolean;
}

/**
 * The columns as one direction's packets pass them, each compared with the one before. The answer is in the order
 * of `columns`, which is the client's; for replies, "before" is the column to the right.
 */
export function hopSteps(columns: readonly HopColumn[], direction: Direction): HopStep[] {
  const passed = direction === "forward" ? columns : [...columns].reverse();
  const first = passed.find((column) => column[direction] !== undefined)?.[direction];
  let before: Hop | undefined;
  const steps = passed.map((column) => {
    const hop = column[direction];
    const step: HopStep = {
      column,
      hop,
      missingPayloadBytes:
        hop === undefined || before === undefined ? undefined : before.payloadBytes - hop.payloadBytes,
      sinceFirstMs: hop === undefined || first === undefined ? undefined : hop.firstSeen - first.firstSeen,
      sameNodeAsFirst: hop !== undefined && hop.node === first?.node,
    };
    before = hop ?? before;
    return step;
  });
  return direction === "forward" ? steps : steps.reverse();
}
