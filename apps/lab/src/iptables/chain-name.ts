import { createHash } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HASH_CHARACTERS = 16;

/**
 * A chain's name from what it is for, as kube-proxy makes it: a prefix, and the first 16 characters of the base32
 * text (RFC 4648) of a SHA-256. For a Service port it hashes `namespace/name:port` and the protocol in small letters.
 */
export function chainName(prefix: string, ...parts: readonly string[]): string {
  const digest = createHash("sha256").update(parts.join("")).digest();
  let text = "";
  for (let bit = 0; text.length < HASH_CHARACTERS; bit += 5) {
    const word = (digest[bit >> 3]! << 8) | digest[(bit >> 3) + 1]!;
    text += BASE32[(word >> (11 - (bit & 7))) & 31]!;
  }
  return `${prefix}${text}`;
}
