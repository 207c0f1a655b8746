import ipaddr from "ipaddr.js";

export type Family = 4 | 6;

/** One address: its family, and its 32 or 128 bits as a number. */
export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

/** All addresses of a family from `first` to `last`, both included. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

const DOTTED = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
const PREFIX_LENGTH = /^(0|[1-9]\d{0,2})$/;

/** undefined for text that is no address. An IPv4-mapped IPv6 address is its IPv4 address (RFC 4291, 2.5.5.2). */
export function parseAddress(text: string): IpAddress | undefined {
  const dotted = text.toLowerCase().startsWith("::ffff:") ? text.slice("::ffff:".length) : text;
  if (DOTTED.test(dotted)) {
    const bytes = dotted.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? { family: 4, value: toValue(bytes) } : undefined;
  }
  // The library takes IPv4-compatible addresses (RFC 4291, 2.5.5.1) for mapped ones.
  if (text.startsWith("::") && DOTTED.test(text.slice(2))) {
    const compatible = parseAddress(text.slice(2));
    return compatible && { family: 6, value: compatible.value };
  }
  if (!ipaddr.IPv6.isValid(text) || text.includes("%")) return undefined;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return { family: 4, value: toValue(address.toByteArray().slice(12)) };
  return { family: 6, value: toValue(address.toByteArray()) };
}

/**
 * The range of a network in CIDR notation; bits beyond the prefix are ignored, as the API server lets them pass.
 * undefined for text that is no network.
 */
export function parseNetwork(cidr: string): AddressRange | undefined {
  const [base = "", length = "", ...rest] = cidr.split("/");
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0 || !PREFIX_LENGTH.test(length)) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  if (Number(length) > bits || (address.family === 4 && base.includes(":"))) return undefined;
  const hostBits = BigInt(bits - Number(length));
  const first = (address.value >> hostBits) << hostBits;
  return { family: address.family, first, last: first | ((1n << hostBits) - 1n) };
}

/** Dotted, or compressed as of RFC 5952. */
export function addressText({ family, value }: IpAddress): string {
  const length = family === 4 ? 4 : 16;
  const bytes = Array.from({ length }, (_, at) => Number((value >> BigInt((length - 1 - at) * 8)) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/** The last address of a family. */
export function lastOf(family: Family): bigint {
  return family === 4 ? 0xffff_ffffn : (1n << 128n) - 1n;
}

function toValue(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
