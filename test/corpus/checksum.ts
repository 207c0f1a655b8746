/** The Internet checksum (RFC 1071) over the parts, as if they stood one after another; only the last may be of odd length. */
export function internetChecksum(...parts: readonly (Uint8Array | readonly number[])[]): number {
  let sum = 0;
  for (const part of parts)
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** The reversed polynomial of CRC-32C. */
const CASTAGNOLI = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ CASTAGNOLI;
  return remainder;
});

/** SCTP's checksum as its four bytes stand in the packet (RFC 9260 appendix A). */
export function crc32c(bytes: Uint8Array): readonly number[] {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ byte) & 0xff] ?? 0);
  const sum = ~remainder;
  return [sum & 0xff, (sum >>> 8) & 0xff, (sum >>> 16) & 0xff, (sum >>> 24) & 0xff];
}
