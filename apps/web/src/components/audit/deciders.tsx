import type { AuditPolicy, AuditRow } from "@hopline/api";
import { formatExactCount } from "../../units/quantity";

/** So many of each are shown; the files and the report have more. */
const MOST_SHOWN = 3;

/** Which policies decided for a row, why the rest is undetermined, and what was kept of its drops. */
export function Deciders({ row: { policies, reasons, evidence } }: { row: AuditRow }) {
  const shown = policies.slice(0, MOST_SHOWN);
  const hidden = policies.slice(MOST_SHOWN);
  return (
    <ul className="space-y-0.5 text-xs [overflow-wrap:anywhere]">
      {policies.length + reasons.length + evidence.drops === 0 ? (
        <li className="text-faint">no policy</li>
      ) : null}
      {shown.map((policy) => (
        <li key={policyText(policy)}>
          <PolicyLine policy={policy} />
        </li>
      ))}
      {hidden.length === 0 ? null : (
        <li className="text-muted" title={hidden.map(policyText).join("\n")}>
          and {hidden.length} more
        </li>
      )}
      {reasons.map(({ reason, connections }) => (
        <li key={reason} className="text-muted">
          undetermined: {reasonText(reason)} ({formatExactCount(connections)})
        </li>
      ))}
      {evidence.drops === 0 ? null : (
        <li className="text-muted" title={evidence.by.join("\n")}>
          {formatExactCount(evidence.packets)} {evidence.packets === 1 ? "packet" : "packets"} dropped at{" "}
          {evidence.nodes.join(", ")}
        </li>
      )}
    </ul>
  );
}

function PolicyLine({ policy }: { policy: AuditPolicy }) {
  const { direction, verdict, kind, namespace, name, version, connections } = policy;
  return (
    <span title={policyText(policy)}>
      <span className={verdict === "denied" ? "font-semibold" : "text-muted"}>{verdict}</span>{" "}
      <span className="text-muted">{direction}</span>{" "}
      <span title={kind}>{namespace === "" ? name : `${namespace}/${name}`}</span>
      {version === "" ? null : <span className="ml-1 font-mono text-2xs text-muted">{version}</span>}{" "}
      <span className="text-muted">({formatExactCount(connections)})</span>
    </span>
  );
}

function policyText({ direction, verdict, kind, namespace, name, version }: AuditPolicy): string {
  const where = namespace === "" ? name : `${namespace}/${name}`;
  return `${verdict} ${direction}: ${kind} ${where}${version === "" ? "" : `, version ${version}`}`;
}

/** A doubt is a word with hyphens, everything else a sentence. */
function reasonText(reason: string): string {
  return /^[a-z-]+$/.test(reason) ? reason.replaceAll("-", " ") : reason;
}
