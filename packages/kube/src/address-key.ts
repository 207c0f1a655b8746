import { Fault } from "@hopline/fault";
import ipaddr from "ipaddr.js";

/**
 * An address in a form fit for a Map: its 16 bytes as Latin-1 text, IPv4 mapped (RFC 4291 section 2.5.5.2). Takes
 * the bytes as they stand in a column, or text. undefined for text that is no address.
 */
export function addressKey(address: Uint8Array | string): string | undefined {
  if (typeof address === "string") {
    if (!ipaddr.isValid(address)) return undefined;
    const parsed = ipaddr.parse(address);
    const mapped = parsed.kind() === "ipv4" ? (parsed as ipaddr.IPv4).toIPv4MappedAddress() : parsed;
    return String.fromCharCode(...mapped.toByteArray());
  }
  return Buffer.from(address.buffer, address.byteOffset, 16).toString("latin1");
}

/** The usual text of an address: dotted for IPv4, also where mapped; compressed for IPv6 (RFC 5952). */
export function addressText(address: Uint8Array | string): string {
  if (typeof address === "string")
    return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
  const parsed = new ipaddr.IPv6([...address.subarray(0, 16)]);
  return (parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed).toString();
}

/**
 * The address at an offset into a network, e.g. 1 for its customary gateway; undefined where the network is too
 * small for it.
 *
 * @throws Fault `KUBE_OBJECT_INVALID` for text that is no network
 */
export function addressInNetwork(cidr: string, offset: number): string | undefined {
  if (!ipaddr.isValidCIDR(cidr)) {
    throw new Fault({ code: "KUBE_OBJECT_INVALID", message: `"${cidr}" is no network in CIDR notation.` });
  }
  const [base, prefixBits] = ipaddr.parseCIDR(cidr);
  const bytes = base.toByteArray();
  const hostBits = bytes.length * 8 - prefixBits;
  if (offset >= 2 ** Math.min(hostBits, 31)) return undefined;
  for (let bit = prefixBits; bit < bytes.length * 8; bit++) bytes[bit >> 3]! &= ~(0x80 >> (bit & 7));
  bytes[bytes.length - 1]! |= offset;
  return ipaddr.fromByteArray(bytes).toString();
}
