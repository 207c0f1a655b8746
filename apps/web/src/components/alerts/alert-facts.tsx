import type { Alert } from "@hopline/api";
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
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-4 lg:grid-cols-8">
        {shown.map((figure) => (
          <div key={figure.name} className="min-w-0 bg-surface px-3 py-1.5 sm:px-4">
            <dt className="truncate text-2xs text-muted" title={figure.name}>
              {figure.name}
            </dt>
            <dd className="text-sm font-semibold">{figureText(figure)}</dd>
          </div>
        ))}
        <div className="min-w-0 bg-surface px-3 py-1.5 sm:px-4">
          <dt className="truncate text-2xs text-muted">over</dt>
          <dd className="text-sm font-semibold">{formatDuration(range.to - range.from)}</dd>
        </div>
        <Filler count={shown.length + 1} />
      </dl>
      {connections.length === 0 ? null : (
        <p className="flex flex-wrap gap-x-3 gap-y-1 border-t border-line px-3 py-1.5 text-xs sm:px-4">
          <span className="text-muted">For example:</span>
          {connections.map(({ id, text }) => (
            <Link
              key={id}
              href={pathHref(id, {
                kind: "fixed",
                fromMs: range.from - AROUND_MS,
                toMs: range.to + AROUND_MS,
              })}
              prefetch={false}
              title={text}
              className="font-mono text-accent hover:underline"
            >
              {id}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}

/** The grid's last row in the colour of the rest, however many columns it has. */
function Filler({ count }: { count: number }) {
  const missing = (columns: number) => (columns - (count % columns)) % columns;
  return (
    <>
      {Array.from({ length: missing(2) }, (_, index) => (
        <div key={`2 ${String(index)}`} className="bg-surface sm:hidden" />
      ))}
      {Array.from({ length: missing(4) }, (_, index) => (
        <div key={`4 ${String(index)}`} className="hidden bg-surface sm:block lg:hidden" />
      ))}
      {Array.from({ length: missing(8) }, (_, index) => (
        <div key={`8 ${String(index)}`} className="hidden bg-surface lg:block" />
      ))}
    </>
  );
}
