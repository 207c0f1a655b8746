import type { DnsAnswer } from "@hopline/api";
import clsx from "clsx";
import { formatCount, formatMicroseconds, formatShare } from "../../units/quantity";

/** All that fits, in a few figures. */
export function DnsFigures({ answer }: { answer: DnsAnswer }) {
  const { total, questions, failures, unanswered, latencyMeanUs, latencyMaxUs } = answer;
  const share = (count: number) => (questions === 0 ? "" : formatShare(count / questions));
  const figures = [
    { name: "Name and client pairs", value: formatCount(total) },
    { name: "Questions", value: formatCount(questions) },
    { name: "Failed", value: formatCount(failures), aside: share(failures), bad: failures > 0 },
    { name: "No answer", value: formatCount(unanswered), aside: share(unanswered), bad: unanswered > 0 },
    { name: "Mean latency", value: latencyMeanUs === null ? "–" : formatMicroseconds(latencyMeanUs) },
    { name: "Longest", value: latencyMaxUs === null ? "–" : formatMicroseconds(latencyMaxUs) },
  ];
  return (
    <section
      aria-label="DNS in all"
      className="overflow-hidden rounded-lg border border-line bg-line shadow-card"
    >
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-3 lg:grid-cols-6">
        {figures.map(({ name, value, aside, bad }) => (
          <div key={name} className="bg-surface px-4 py-2.5">
            <dt className="text-2xs text-muted">{name}</dt>
            <dd className={clsx("text-xl font-semibold tracking-tight", bad && "text-bad")}>
              {value}
              {aside === undefined || aside === "" ? null : (
                <span className="ml-1.5 text-xs font-normal tracking-normal text-muted">{aside}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
