import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, sameAddress } from "@hopline/packet";
import type { Tuple } from "./tuple.js";

/** What conntrack did to a connection's tuple. */
export type Translation = "none" | "dnat" | "snat" | "dnat+snat";

/**
 * Told from the two tuples alone: the destination was rewritten where the answers come from somewhere else than
 * the initiator asked, the source where they go somewhere else than it asked from.
 */
export function translationOf(original: Tuple, reply: Tuple): Translation {
  const dnat =
    (original.destinationPort !== reply.sourcePort && !hasIdentifier(original.protocol)) ||
    !sameAddress(original.destination, 0, reply.source, 0);
  const snat =
    original.sourcePort !== reply.destinationPort || !sameAddress(original.source, 0, reply.destination, 0);
  if (dnat) return snat ? "dnat+snat" : "dnat";
  return snat ? "snat" : "none";
}

/** ICMP's identifier stands in both ports; source translation alone may rewrite it. */
function hasIdentifier(protocol: number): boolean {
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
}
