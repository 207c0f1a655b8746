import { type Entries, fragmentOf, ipBytes, ipHeaderBytes, type Level, protocolOf } from "./dissected-ip.js";
import { type DissectedLayer, shownNumber } from "./pdml.js";

const ICMP_HEADER_BYTES = 8;

const UDP_HEADER_BYTES = 8;

const DATA_CHUNK = 0;

const DATA_CHUNK_HEADER_BYTES = 16;

/** Bytes of the packet, and of its layer-4 payload where that can be told. */
export function lengthsOf({ ip, transports }: Level, wireBytes: number): Entries {
  const bytes = ipBytes(ip, wireBytes);
  if (bytes === undefined) return {};
  const after = bytes - ipHeaderBytes(ip);
  const { fragmentOffset, moreFragments } = fragmentOf(ip);
  if (Number(fragmentOffset ?? 0) > 0) return { bytes, payloadBytes: after };
  const payloadBytes = payloadOf(transports, protocolOf(ip), after, moreFragments === 1);
  return { bytes, payloadBytes };
}

function payloadOf(
  transports: readonly DissectedLayer[],
  protocol: number | undefined,
  after: number,
  isFirstFragment: boolean,
): number | undefined {
  const find = (name: string) => transports.find((layer) => layer.name === name);
  switch (protocol) {
    case 6: {
      const tcp = find("tcp");
      const headerBytes = tcp && shownNumber(tcp, "tcp.hdr_len");
      // tshark leaves the length of a fragment's segment to the whole one.
      return (
        tcp && (shownNumber(tcp, "tcp.len") ?? (headerBytes === undefined ? undefined : after - headerBytes))
      );
    }
    case 17: {
      const udp = find("udp");
      const length = udp && shownNumber(udp, "udp.length");
      if (length === undefined) return undefined;
      const stated = length === 0 ? after : length;
      return (isFirstFragment ? Math.min(stated, after) : stated) - UDP_HEADER_BYTES;
    }
    case 1:
    case 58:
      return find(protocol === 1 ? "icmp" : "icmpv6") && after - ICMP_HEADER_BYTES;
    case 132: {
      const parts = transports.filter(({ name }) => name === "sctp");
      return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + userDataBytes(part), 0);
    }
    default:
      return after;
  }
}

function userDataBytes(sctp: DissectedLayer): number {
  let type: number | undefined;
  let bytes = 0;
  for (const [name, value] of sctp.fields) {
    if (name === "sctp.chunk_type") type = Number(value);
    if (name === "sctp.chunk_length" && type === DATA_CHUNK) bytes += Number(value) - DATA_CHUNK_HEADER_BYTES;
  }
  return bytes;
}
