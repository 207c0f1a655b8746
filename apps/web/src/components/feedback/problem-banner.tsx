"use client";

import { CloudOff, TriangleAlert } from "lucide-react";
import { CollectorProblem } from "../../collector/collector-problem";
import { ClockText } from "../time/clock-text";

/** Why there is no new answer, in a sentence, and what the screen shows meanwhile. */
export function ProblemBanner({ error, dataFromMs }: { error: Error; dataFromMs: number | undefined }) {
  const problem = error instanceof CollectorProblem ? error : undefined;
  const passing = problem?.mayPass ?? false;
  return (
    <div
      role="alert"
      data-problem={problem?.code ?? "UNKNOWN"}
      className="flex items-start gap-2.5 border-b border-warn-line bg-warn-soft px-4 py-2 text-sm text-text"
    >
      {passing ? (
        <CloudOff size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
      ) : (
        <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
      )}
      <p className="min-w-0 break-words">
        <span className="font-medium">{error.message}</span>
        {problem?.detail === undefined ? null : ` ${problem.detail}`}
        {dataFromMs === undefined ? null : (
          <>
            {" "}
            What you see is from <ClockText timeMs={dataFromMs} />.
          </>
        )}
        {passing ? " Asking again until it answers." : null}
      </p>
    </div>
  );
}
