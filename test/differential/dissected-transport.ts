import { addressesOf, type Entries, fragmentOf, type Level, protocolOf } from "./dissected-ip.js";
import type { PacketRecord } from "./packet-record.js";
import { type DissectedLayer, shown, shownNumber } from "./pdml.js";

const RETRANSMISSIONS = ["retransmission", "fast_retransmission", "spurious_retransmission"];

/** Ports and what else the layer above IP says. */
export function transportOf({ ip, transports }: Level): Entries {
  const protocol = protocolOf(ip);
  const [first] = transports;
  if (first === undefined || Number(fragmentOf(ip).fragmentOffset ?? 0) > 0)
    return { sourcePort: 0, destinationPort: 0 };
  switch (protocol) {
    case 6:
      return first.name === "tcp" ? { ...tcpOf(first), ...dnsOf(transports) } : {};
    case 17:
    case 132: {
      const prefix = protocol === 17 ? "udp" : "sctp";
      if (first.name !== prefix) return {};
      return { ...portsOf(first, prefix), ...(protocol === 17 && dnsOf(transports)) };
    }
    case 1:
    case 58:
      return icmpOf(first);
    default:
      return { sourcePort: 0, destinationPort: 0 };
  }
}

function portsOf(layer: DissectedLayer, prefix: string): Entries {
  return {
    sourcePort: shownNumber(layer, `${prefix}.srcport`),
    destinationPort: shownNumber(layer, `${prefix}.dstport`),
  };
}

function tcpOf(tcp: DissectedLayer): Entries {
  const flags = shownNumber(tcp, "tcp.flags");
  return {
    ...portsOf(tcp, "tcp"),
    tcpFlags: flags === undefined ? undefined : flags & 0xff,
    sequence: shownNumber(tcp, "tcp.seq_raw"),
    acknowledgement: shownNumber(tcp, "tcp.ack_raw"),
    window: shownNumber(tcp, "tcp.window_size_value"),
    mss: shownNumber(tcp, "tcp.options.mss_val"),
    windowScale: shownNumber(tcp, "tcp.options.wscale.shift"),
    timestampValue: shownNumber(tcp, "tcp.options.timestamp.tsval"),
    timestampEcho: shownNumber(tcp, "tcp.options.timestamp.tsecr"),
    hasSack: shown(tcp, "tcp.options.sack_le") === undefined ? undefined : 1,
    permitsSack: shown(tcp, "tcp.options.sack_perm") === undefined ? undefined : 1,
  };
}

function icmpOf(icmp: DissectedLayer): Entries {
  const name = icmp.name;
  const type = shownNumber(icmp, `${name}.type`);
  const code = shownNumber(icmp, `${name}.code`);
  const isEcho = name === "icmp" ? type === 0 || type === 8 : type === 128 || type === 129;
  const identifier = shownNumber(icmp, name === "icmp" ? "icmp.ident" : "icmpv6.echo.identifier");
  const described = type === undefined || code === undefined ? undefined : (type << 8) | code;
  return {
    icmpType: type,
    icmpCode: code,
    sourcePort: isEcho ? identifier : 0,
    destinationPort: isEcho ? identifier : described,
    nextHopMtu: shownNumber(icmp, `${name}.mtu`),
    ...quotedOf(icmp),
  };
}

/** The packet within an ICMP error. */
function quotedOf(icmp: DissectedLayer): Entries {
  const [ip, transport] = icmp.within.filter(({ name }) => !name.startsWith("_ws"));
  if (ip === undefined || (ip.name !== "ip" && ip.name !== "ipv6")) return {};
  const { source, destination, protocol } = addressesOf(ip);
  // Cut within its header: who it was for is not known.
  if (destination === undefined) return {};
  const isLater = Number(fragmentOf(ip).fragmentOffset ?? 0) > 0;
  const ports = isLater || transport === undefined ? {} : quotedPortsOf(transport);
  return {
    quotedSource: source,
    quotedDestination: destination,
    quotedProtocol: protocol,
    quotedSourcePort: ports.sourcePort,
    quotedDestinationPort: ports.destinationPort,
  };
}

function quotedPortsOf(transport: DissectedLayer): Entries {
  return transport.name.startsWith("icmp") ? icmpOf(transport) : portsOf(transport, transport.name);
}

function dnsOf(transports: readonly DissectedLayer[]): Entries {
  const dns = transports.find(({ name }) => name === "dns");
  // A message whose question is cut is none to us.
  if (dns === undefined || shown(dns, "dns.qry.type") === undefined) return {};
  return {
    dnsId: shownNumber(dns, "dns.id"),
    dnsIsResponse: shownNumber(dns, "dns.flags.response"),
    dnsIsTruncated: shownNumber(dns, "dns.flags.truncated"),
    dnsResponseCode: shownNumber(dns, "dns.flags.rcode") ?? 0,
    dnsName: dnsNameOf(dns),
    dnsType: shownNumber(dns, "dns.qry.type"),
    dnsQuestions: shownNumber(dns, "dns.count.queries"),
    dnsAnswers: shownNumber(dns, "dns.count.answers"),
  };
}

/** In lower case, and the root as a dot, as our decoder gives them. */
function dnsNameOf(dns: DissectedLayer): string | undefined {
  const name = shown(dns, "dns.qry.name");
  return name === "<Root>" ? "." : name?.toLowerCase();
}

/** What tshark concludes about a segment from those before it; 0 or 1 each. */
export function tcpAnalysis(layers: readonly DissectedLayer[]): PacketRecord {
  const tcp = layers.findLast(({ name }) => name === "tcp");
  const says = (conclusion: string) =>
    tcp?.fields.some(([name]) => name === `tcp.analysis.${conclusion}`) ? 1 : 0;
  return {
    isRetransmission: RETRANSMISSIONS.some((name) => says(name) === 1) ? 1 : 0,
    isOutOfOrder: says("out_of_order"),
    isZeroWindow: says("zero_window"),
  };
}
