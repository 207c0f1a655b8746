"use client";

import type { PolicyAnswer } from "@hopline/api";
import { browserCollector } from "../../collector/browser-collector";
import { formatCount, formatDuration } from "../../units/quantity";
import { TimeChart } from "../charts/time-chart";

/** Denied connections over time, by whether a drop was observed, and those that got through. */
export default function DenialChart({ series }: { series: PolicyAnswer["series"] }) {
  const { stepSeconds, points } = series;
  const now = browserCollector.now();
  return (
    <TimeChart
      title="Connections"
      note={`per ${formatDuration(stepSeconds * 1000)}`}
      format={formatCount}
      points={points
        .filter(({ time }) => time < now)
        .map(({ time, deniedObserved, deniedInferred, unenforced }) => ({
          time,
          values: { observed: deniedObserved, inferred: deniedInferred, unenforced },
        }))}
      series={[
        { key: "observed", name: "denied, drop observed", color: "var(--warn-line)", form: "bar" },
        { key: "inferred", name: "denied, inferred", color: "var(--edge)", form: "bar" },
        { key: "unenforced", name: "unenforced", color: "var(--bad-line)", form: "bar" },
      ]}
    />
  );
}
