import type { Connection, IcmpError } from "./connection.js";

/** RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1; by type, then code. */
const ICMP_MESSAGES: ReadonlyMap<number, readonly [name: string, codes: readonly string[]]> = new Map([
  [0, ["echo reply", []]],
  [
    3,
    [
      "unreachable",
      [
        "network unreachable",
        "host unreachable",
        "protocol unreachable",
        "port unreachable",
        "fragmentation needed",
        "source route failed",
        "network unknown",
        "host unknown",
        "source host isolated",
        "network prohibited",
        "host prohibited",
        "network unreachable for this type of service",
        "host unreachable for this type of service",
        "prohibited by filter",
        "host precedence violation",
        "precedence cut-off",
      ],
    ],
  ],
  [4, ["source quench", []]],
  [
    5,
    [
      "redirect",
      ["redirect for the network", "redirect for the host", "redirect for type of service and network"],
    ],
  ],
  [8, ["echo request", []]],
  [9, ["router advertisement", []]],
  [10, ["router solicitation", []]],
  [11, ["time exceeded", ["TTL exceeded in transit", "fragment reassembly time exceeded"]]],
  [12, ["parameter problem", ["bad IP header", "required option missing", "bad length"]]],
  [13, ["timestamp request", []]],
  [14, ["timestamp reply", []]],
]);

/** RFC 4443; neighbour discovery by RFC 4861, multicast listeners by RFC 2710 and RFC 3810. */
const ICMPV6_MESSAGES: ReadonlyMap<number, readonly [name: string, codes: readonly string[]]> = new Map([
  [
    1,
    [
      "unreachable",
      [
        "no route to destination",
        "prohibited by filter",
        "beyond scope of source address",
        "address unreachable",
        "port unreachable",
        "source address failed policy",
        "route rejected",
      ],
    ],
  ],
  [2, ["packet too big", []]],
  [3, ["time exceeded", ["hop limit exceeded in transit", "fragment reassembly time exceeded"]]],
  [4, ["parameter problem", ["bad header field", "unknown next header", "unknown IPv6 option"]]],
  [128, ["echo request", []]],
  [129, ["echo reply", []]],
  [130, ["multicast listener query", []]],
  [131, ["multicast listener report", []]],
  [132, ["multicast listener done", []]],
  [133, ["router solicitation", []]],
  [134, ["router advertisement", []]],
  [135, ["neighbour solicitation", []]],
  [136, ["neighbour advertisement", []]],
  [137, ["redirect", []]],
  [143, ["multicast listener report", []]],
]);

/** "port unreachable"; "type 40 code 2" for what has no name here. */
export function icmpMessageText(type: number, code: number, version: 4 | 6): string {
  const known = (version === 4 ? ICMP_MESSAGES : ICMPV6_MESSAGES).get(type);
  if (known === undefined) return `type ${type} code ${code}`;
  const [name, codes] = known;
  return codes[code] ?? (code === 0 ? name : `${name}, code ${code}`);
}

/** "10.0.0.1 says: fragmentation needed, next-hop MTU 1450". */
export function icmpErrorText({ source, type, code, mtu }: IcmpError): string {
  const message = icmpMessageText(type, code, source.includes(":") ? 6 : 4);
  return `${source} says: ${message}${mtu === null ? "" : `, next-hop MTU ${mtu}`}`;
}

/**
 * What stands in the place of an ICMP connection's ports: "echo", or the message of what nobody answers. Undefined for
 * protocols that have ports.
 */
export function icmpPortText({
  protocol,
  client,
  server,
}: {
  readonly protocol: Connection["protocol"];
  readonly client: { readonly port: number };
  readonly server: { readonly port: number };
}): string | undefined {
  if (protocol !== "icmp" && protocol !== "icmpv6") return undefined;
  if (client.port !== 0 || server.port === 0) return "echo";
  return icmpMessageText(server.port >> 8, server.port & 0xff, protocol === "icmp" ? 4 : 6);
}
