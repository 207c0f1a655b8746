/** Tables for four bytes at a time, one after another. */
const TABLES = tables();

/**
 * CRC-32 of gzip (RFC 1952 section 8), continued from `before` (0 at the beginning) over the bytes from `start` to `end`.
 */
export function crc32(before: number, bytes: Uint8Array, start: number, end: number): number {
  const table = TABLES;
  let crc = ~before;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      table[0x300 | (crc & 0xff)]! ^
      table[0x200 | ((crc >>> 8) & 0xff)]! ^
      table[0x100 | ((crc >>> 16) & 0xff)]! ^
      table[crc >>> 24]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

function tables(): Int32Array {
  const all = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
    all[byte] = crc;
  }
  for (let at = 256; at < all.length; at++) {
    const before = all[at - 256]!;
    all[at] = (before >>> 8) ^ all[before & 0xff]!;
  }
  return all;
}
