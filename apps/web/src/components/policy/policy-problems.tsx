import type { PolicyProblem, ProposalProblem } from "@hopline/api";
import { TriangleAlert } from "lucide-react";

/** Policies that cannot be read, by field, and what of the cluster is not known. */
export function PolicyProblems({
  problems,
  missing,
}: {
  problems: readonly (PolicyProblem | ProposalProblem)[];
  missing: string | null;
}) {
  if (problems.length === 0 && missing === null) return null;
  return (
    <section
      aria-label="Problems"
      className="flex items-start gap-2.5 rounded-lg border border-warn-line bg-warn-soft px-3 py-2.5 text-sm"
    >
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
      <div className="min-w-0 space-y-1 [overflow-wrap:anywhere]">
        {missing === null ? null : <p>{missing}</p>}
        {problems.length === 0 ? null : (
          <ul className="space-y-0.5">
            {problems.map(({ object, field, message, ...place }) => (
              <li key={JSON.stringify([place, object, field, message])} data-problem-field={field}>
                {"line" in place ? <span className="font-medium">line {place.line}: </span> : null}
                {object === "" ? null : <span className="font-medium">{object}: </span>}
                {field === "" ? null : <span className="font-mono text-xs">{field} </span>}
                {message}. It does not count; everything else does.
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
