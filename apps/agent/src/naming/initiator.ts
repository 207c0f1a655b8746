import type { Tuple } from "@hopline/conntrack";
import { ADDRESS_BYTES, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "@hopline/packet";

/**
 * Guesses which end began a connection where neither conntrack nor a handshake tells: the lower port serves.
 * Equal ports (echo identifiers, some UDP) are decided by address, so that every node guesses alike. Other ICMP, whose
 * ports are type and code, comes from its initiator: nobody answers it.
 *
 * @returns true where the tuple's source is taken for the initiator.
 */
export function isSourceInitiator(tuple: Tuple): boolean {
  const { protocol, source, destination, sourcePort, destinationPort } = tuple;
  if (sourcePort !== destinationPort) {
    return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6 || sourcePort > destinationPort;
  }
  for (let index = 0; index < ADDRESS_BYTES; index++) {
    const difference = source[index]! - destination[index]!;
    if (difference !== 0) return difference < 0;
  }
  return true;
}
