import { diagnose, type Finding, type Status } from "@hopline/api";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { healthOf } from "./status-health";

/** On top of the status page, in sentences: what the record of the last minutes lacks, and what to do about it. */
export function CompletenessCard({ status }: { status: Status }) {
  const { level, findings } = healthOf(status);
  const notes = diagnose(status).filter((finding) => finding.level === "note");
  if (findings.length === 0) {
    return (
      <section
        aria-label="Completeness"
        data-level={level}
        className="flex items-start gap-3 rounded-lg border border-line bg-good-soft px-4 py-3"
      >
        <CircleCheck size={18} aria-hidden className="mt-0.5 shrink-0 text-good" />
        <div>
          <h2 className="text-base font-semibold">The record is complete</h2>
          <p className="text-muted">
            Every agent reports, no frame was dropped in the last five minutes, and every watch follows the
            cluster.
          </p>
          {notes.length === 0 ? null : <FindingList findings={notes} />}
        </div>
      </section>
    );
  }
  return (
    <section
      aria-label="Completeness"
      data-level={level}
      className={`flex items-start gap-3 rounded-lg border px-4 py-3 ${level === "bad" ? "border-bad-line bg-bad-soft" : "border-warn-line bg-warn-soft"}`}
    >
      <TriangleAlert
        size={18}
        aria-hidden
        className={`mt-0.5 shrink-0 ${level === "bad" ? "text-bad" : "text-warn"}`}
      />
      <div className="min-w-0">
        <h2 className="text-base font-semibold">What is wrong, and not known</h2>
        <FindingList findings={[...findings, ...notes]} />
      </div>
    </section>
  );
}

function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="mt-1 list-disc space-y-1 pl-4">
      {findings.map(({ code, about, sentence, fix }) => (
        <li key={`${code} ${about} ${sentence}`} className="[overflow-wrap:anywhere]">
          {sentence} <span className="text-muted">{fix}</span>
        </li>
      ))}
    </ul>
  );
}
