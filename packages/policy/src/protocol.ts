export type ProtocolName = "TCP" | "UDP" | "SCTP";

/** The protocols that policies can tell apart, in the order of their names. */
export const PROTOCOL_NAMES: readonly ProtocolName[] = ["SCTP", "TCP", "UDP"];

/** IANA protocol numbers by the names that Kubernetes uses. */
export const PROTOCOL_NUMBERS: Readonly<Record<ProtocolName, number>> = { TCP: 6, UDP: 17, SCTP: 132 };

/** Whether NetworkPolicy says anything about a protocol: about ICMP and others it does not. */
export function hasPorts(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === 132;
}
