import type { Connection } from "@hopline/api";

type ProtocolName = Connection["protocol"];

/** IANA protocol numbers that have a name of their own in the API. */
export const PROTOCOL_NUMBERS: Readonly<Record<Exclude<ProtocolName, "other">, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  sctp: 132,
};

const NAMES = new Map<number, ProtocolName>(
  Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name as ProtocolName]),
);

export function protocolName(number: number): ProtocolName {
  return NAMES.get(number) ?? "other";
}
