import { parseAddressInto } from "@hopline/packet";

const DOT = 0x2e;
const COLON = 0x3a;
const ZERO = 0x30;

/**
 * Writes the address in `bytes[start, end)` (ASCII text) into `into` as 16 bytes. IPv4 is read without making
 * a string: an event stream may bring a hundred thousand lines a second.
 *
 * @returns false where the text is no address; `into` is then undefined.
 */
export function readAddress(bytes: Uint8Array, start: number, end: number, into: Uint8Array): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== COLON) continue;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
    return parseAddressInto(text, into, 0);
  }
  into.fill(0, 0, 10);
  into[10] = 0xff;
  into[11] = 0xff;
  return readDotted(bytes, start, end, into, 12);
}

function readDotted(bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): boolean {
  let value = 0;
  let digits = 0;
  let octet = 0;
  for (let index = start; index <= end; index++) {
    const character = index === end ? DOT : bytes[index]!;
    if (character === DOT) {
      if (digits === 0 || value > 255 || octet > 3) return false;
      into[at + octet++] = value;
      value = 0;
      digits = 0;
      continue;
    }
    const digit = character - ZERO;
    if (digit < 0 || digit > 9 || digits === 3) return false;
    value = value * 10 + digit;
    digits++;
  }
  return octet === 4;
}
