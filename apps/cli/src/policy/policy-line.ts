import { type Connection, verdictDecidedBy } from "@hopline/api";

/** What policy says of a connection and what became of it, in a line: `policy: denied (denied-observed), ingress: …`. */
export function policyLine({
  verdict,
  conformance,
  verdictBy,
  verdictChanged,
}: Pick<Connection, "verdict" | "conformance" | "verdictBy" | "verdictChanged">): string {
  const word = conformance === verdict ? verdict : `${verdict} (${conformance})`;
  const by = verdictBy === null ? "" : `, ${verdictDecidedBy(verdictBy)}`;
  const changed = verdictChanged
    ? "; a policy changed while it lasted: allowed at one time, denied at another, and the first counts"
    : "";
  return `policy: ${word}${by}${changed}`;
}
