import { createHash } from "node:crypto";

/** The letters that Kubernetes uses in generated names: no vowels, no look-alikes. */
const SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A short name part that stands for some content. */
export function contentHash(content: unknown, length: number): string {
  const digest = createHash("sha256").update(JSON.stringify(content)).digest();
  return [...digest.subarray(0, length)].map((byte) => SAFE_LETTERS[byte % SAFE_LETTERS.length]).join("");
}

export function randomSuffix(random: () => number, length: number): string {
  return Array.from({ length }, () => SAFE_LETTERS[Math.floor(random() * SAFE_LETTERS.length)]).join("");
}
