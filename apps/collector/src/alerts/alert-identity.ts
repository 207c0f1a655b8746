import { createHash } from "node:crypto";

export type Labels = Readonly<Record<string, string>>;

/** Which thing of which rule: equal where both are. */
export function fingerprint(rule: string, labels: Labels): string {
  const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([rule, ...sorted]);
}

/** Of one time that the thing was true: 16 hexadecimal digits. */
export function alertId(key: string, pendingAtMs: number): string {
  return createHash("sha256").update(`${key} ${pendingAtMs}`).digest("hex").slice(0, 16);
}
