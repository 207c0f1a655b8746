import { type DissectedLayer, shown, shownNumber } from "./pdml.js";

/** Part of a record; undefined where tshark does not say. */
export type Entries = Record<string, string | number | undefined>;

/** An IP packet in a frame and what it carries, up to the next IP packet within. */
export interface Level {
  readonly ip: DissectedLayer;
  readonly transports: DissectedLayer[];
}

/** Addresses, and the protocol above all extension headers. */
export function addressesOf(ip: DissectedLayer): Entries {
  return {
    source: shown(ip, `${ip.name}.src`),
    destination: shown(ip, `${ip.name}.dst`),
    protocol: protocolOf(ip),
  };
}

export function protocolOf(ip: DissectedLayer): number | undefined {
  if (ip.name === "ip") return shownNumber(ip, "ip.proto");
  const last = ip.within.at(-1);
  if (last === undefined) return shownNumber(ip, "ipv6.nxt");
  return shownNumber(last, last.name === "ah" ? "ah.next_header" : `${last.name}.nxt`);
}

/** Bytes from the IP header on, by its own length; 0 there means as long as the wire (super-frames). */
export function ipBytes(ip: DissectedLayer, wireBytes: number): number | undefined {
  const onWire = wireBytes - ip.position;
  if (ip.name === "ip") {
    const length = shownNumber(ip, "ip.len");
    return length === 0 ? onWire : length;
  }
  const length = shownNumber(ip, "ipv6.plen");
  return length === undefined ? undefined : 40 + length;
}

export function ipHeaderBytes(ip: DissectedLayer): number {
  if (ip.name === "ip") return shownNumber(ip, "ip.hdr_len") ?? 20;
  return 40 + ip.within.reduce((sum, extension) => sum + extensionBytes(extension), 0);
}

/** By its own length: a snap length may have left less of it. */
function extensionBytes(extension: DissectedLayer): number {
  if (extension.name === "ipv6.fraghdr") return 8;
  const words = extension.name === "ah" ? shownNumber(extension, "ah.length") : undefined;
  return words === undefined ? (shownNumber(extension, `${extension.name}.len_oct`) ?? 8) : (words + 2) * 4;
}

/** Of a fragment: its place and identification; nothing of a whole packet. */
export function fragmentOf(ip: DissectedLayer): Entries {
  const header = ip.name === "ip" ? ip : ip.within.find(({ name }) => name === "ipv6.fraghdr");
  if (header === undefined) return {};
  const prefix = ip.name === "ip" ? "ip.frag_offset" : "ipv6.fraghdr.offset";
  const offset = (shownNumber(header, prefix) ?? 0) * 8;
  const more = shownNumber(header, ip.name === "ip" ? "ip.flags.mf" : "ipv6.fraghdr.more") ?? 0;
  if (offset === 0 && more === 0) return {};
  const fragmentId = shownNumber(header, ip.name === "ip" ? "ip.id" : "ipv6.fraghdr.ident");
  return { fragmentOffset: offset, moreFragments: more, fragmentId };
}
