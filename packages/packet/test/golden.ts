import { formatAddress } from "../src/address.js";
import { DecodedPacket } from "../src/decoded-packet.js";
import { type DecodeOptions, decodeFrame } from "./decode-frame.js";
import type { Bytes } from "./frame-builders.js";

/** What says where the decoder is, not what the packet is. */
const NOT_OF_THE_PACKET: ReadonlySet<string> = new Set([
  "direction",
  "end",
  "etherType",
  "fragmentStart",
  "hasRareFields",
  "interfaceIndex",
  "offset",
  "timeUs",
  "wireEnd",
]);
const ADDRESSES = [
  "source",
  "destination",
  "outerSource",
  "outerDestination",
  "quotedSource",
  "quotedDestination",
];
const ADDRESS_WORD =
  /^(source|destination|outerSource|outerDestination|quotedSource|quotedDestination)[0-3]$/;
const UNTOUCHED: Readonly<Record<string, number>> = Object.fromEntries(Object.entries(new DecodedPacket()));

/** Bytes of one frame, a string of hexadecimal digits for each of its layers. */
export function fromHex(...layers: readonly string[]): Bytes {
  return [...Buffer.from(layers.join(""), "hex")];
}

/**
 * All that decoding a frame gives, to be compared as a whole: the reason, addresses as text, and each field that is not as it is in a new
 * DecodedPacket. Of a frame that belongs to no flow, only the reason.
 */
export function decoded(frame: Bytes, options: DecodeOptions = {}): Record<string, string | number> {
  const { reason, packet } = decodeFrame(frame, options);
  if (reason !== "counted" && reason !== "fragment") return { reason };
  const fields: Readonly<Record<string, number>> = Object.fromEntries(Object.entries(packet));
  const result: Record<string, string | number> = { reason };
  for (const name of ADDRESSES) {
    const words = [0, 1, 2, 3].map((word) => fields[`${name}${word}`] ?? Number.NaN);
    if (words.some((word) => word !== 0)) result[name] = addressText(words);
  }
  for (const [name, value] of Object.entries(fields)) {
    if (ADDRESS_WORD.test(name) || NOT_OF_THE_PACKET.has(name) || value === UNTOUCHED[name]) continue;
    result[name] = value;
  }
  return result;
}

function addressText(words: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(16));
  for (const [i, word] of words.entries()) bytes.setInt32(4 * i, word, false);
  return formatAddress(new Uint8Array(bytes.buffer));
}

/** The reasons as a frame is captured to a growing length, each with the fewest bytes from which on it is given. */
export function reasonsByLength(frame: Bytes, options: DecodeOptions = {}): string[] {
  const reasons: string[] = [];
  let before = "";
  for (let capturedLength = 0; capturedLength <= frame.length; capturedLength++) {
    const { reason } = decodeFrame(frame, { ...options, capturedLength });
    if (reason !== before) reasons.push(`${capturedLength} ${reason}`);
    before = reason;
  }
  return reasons;
}
