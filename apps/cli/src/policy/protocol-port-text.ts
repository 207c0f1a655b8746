/** `tcp 8080`, `udp 53`, `icmp`, `protocol 47`. */
export function protocolPortText({
  protocol,
  protocolNumber,
  port,
}: {
  readonly protocol: string;
  readonly protocolNumber: number;
  readonly port: number;
}): string {
  const name = protocol === "other" ? `protocol ${protocolNumber}` : protocol;
  return port === 0 ? name : `${name} ${port}`;
}
