export type ProtocolName = "TCP" | "UDP" | "SCTP";

/** The protocols that policies can tell apart, in the order of their names. */
export const PROTOCOL_NAMES: readonly ProtocolName[] = ["SCTP", "TCP", "UDP"];

/** IANA protocol numbers by the names that Kubernetes uses. */
export const PROTOCOL_NUMBERS: Readonly<Record<ProtocolName, number>> = { TCP: 6, UDP: 17, SCTP: 132 };

/** Whether NetworkPolicy says anything about a protocol: about ICMP and others it does not. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === PROTOCOL_NUMBERS.TCP ||
    protocol === PROTOCOL_NUMBERS.UDP ||
    protocol === PROTOCOL_NUMBERS.SCTP
  );
}

/** The name of a protocol that NetworkPolicy knows; undefined for others. */
export function protocolNameOf(protocol: number): ProtocolName | undefined {
  return PROTOCOL_NAMES.find((name) => PROTOCOL_NUMBERS[name] === protocol);
}

export const FIRST_PORT = 1;
export const LAST_PORT = 65535;
