import type { InferredInterface } from "@hopline/topology";
import type { OfflineCapture } from "./offline-capture.js";

/** So many interfaces of a role are called by name. */
const MOST_NAMES = 3;

/** What the user should know of how captures will be read, a line each: whose they are, and what was inferred. */
export function captureNotes(captures: readonly OfflineCapture[], hasNames: boolean): string[] {
  const lines = captures.flatMap(({ path, node, nodeBecause, inferred, notes }) => {
    const roles = inferred.length === 0 ? "interfaces as described beside it" : rolesText(inferred);
    return [`${path}: node ${node} (by ${nodeBecause}); ${roles}`, ...notes];
  });
  if (!hasNames) lines.push("no --kube: ends are addresses without names");
  return lines;
}

/** `roles inferred: pod veth1, veth2, veth3 and 9 more; uplink eth0 (network card)` */
export function rolesText(inferred: readonly InferredInterface[]): string {
  const byRole = new Map<string, InferredInterface[]>();
  for (const one of inferred) byRole.set(one.role, [...(byRole.get(one.role) ?? []), one]);
  const texts = [...byRole].map(([role, some]) => {
    const names = some
      .slice(0, MOST_NAMES)
      .map(({ name }) => name)
      .join(", ");
    const more = some.length > MOST_NAMES ? ` and ${some.length - MOST_NAMES} more` : "";
    const because = some.length === 1 ? ` (${some[0]!.because})` : "";
    return `${role} ${names}${more}${because}`;
  });
  return `roles inferred: ${texts.join("; ")}`;
}
