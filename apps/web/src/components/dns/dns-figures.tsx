import type { DnsAnswer } from "@hopline/api";
import { formatCount, formatMicroseconds, formatShare } from "../../units/quantity";
import { FramedFigures, type StripFigure } from "../surface/figure-strip";

/** All that fits, in a few figures. */
export function DnsFigures({ answer }: { answer: DnsAnswer }) {
  const { total, questions, failures, unanswered, latencyMeanUs, latencyMaxUs } = answer;
  const failed = (name: string, count: number): StripFigure => ({
    ...{ name, value: formatCount(count) },
    ...(questions === 0 ? {} : { aside: formatShare(count / questions) }),
    look: count > 0 ? "text-bad" : undefined,
  });
  const latency = (name: string, us: number | null): StripFigure => ({
    ...{ name, value: us === null ? "–" : formatMicroseconds(us) },
  });
  return (
    <FramedFigures
      label="DNS in all"
      columns="sm:grid-cols-3 lg:grid-cols-6"
      figures={[
        { name: "Name and client pairs", value: formatCount(total) },
        { name: "Questions", value: formatCount(questions) },
        failed("Failed", failures),
        failed("No answer", unanswered),
        latency("Mean latency", latencyMeanUs),
        latency("Longest", latencyMaxUs),
      ]}
    />
  );
}
