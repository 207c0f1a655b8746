import type { Alert } from "@hopline/api";
import { Route } from "lucide-react";
import Link from "next/link";
import { formatDuration } from "../../units/quantity";
import { pathHref } from "../path/path-link";
import { figureText } from "./alert-words";

/** The path is looked at from a little before until a little after. */
const AROUND_MS = 60_000;

/** What was true when it fired: the figures, over which time, and connections that show it. */
export function AlertFacts({ alert: { facts } }: { alert: Pick<Alert, "facts"> }) {
  const { threshold, unit, range, figures, connections } = facts;
  const shown = [...figures, { name: "fires above", value: threshold, unit }];
  return (
    <div className="border-t border-line">
      <dl className="flex flex-wrap gap-px bg-line">
        {shown.map((figure) => (
          <div key={figure.name} className="min-w-0 grow basis-32 bg-surface px-3 py-1.5 sm:px-4">
            <dt className="truncate text-2xs text-muted" title={figure.name}>
              {figure.name}
            </dt>
            <dd className="text-sm font-semibold">{figureText(figure)}</dd>
          </div>
        ))}
        <div className="min-w-0 grow basis-32 bg-surface px-3 py-1.5 sm:px-4">
          <dt className="truncate text-2xs text-muted">measured over</dt>
          <dd className="text-sm font-semibold">{formatDuration(range.to - range.from)}</dd>
        </div>
      </dl>
      {connections.length === 0 ? null : (
        <p className="flex flex-wrap gap-x-3 gap-y-1 border-t border-line px-3 py-1.5 text-xs sm:px-4">
          <span className="text-muted">Paths that show it:</span>
          {connections.map(({ id, text }) => (
            <Link
              key={id}
              href={pathHref(id, {
                kind: "fixed",
                fromMs: range.from - AROUND_MS,
                toMs: range.to + AROUND_MS,
              })}
              prefetch={false}
              title={id}
              className="inline-flex items-center gap-1 text-accent hover:underline"
            >
              <Route size={13} aria-hidden className="shrink-0" />
              {text}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}
