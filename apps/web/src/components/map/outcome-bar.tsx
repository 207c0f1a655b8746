import type { Connection, MapEdge } from "@hopline/api";
import clsx from "clsx";
import { formatCount, formatShare } from "../../units/quantity";
import { OutcomeBadge } from "../flows/outcome-badge";

const ORDER: readonly Connection["outcome"][] = ["delivered", "unknown", "refused", "dropped", "unanswered"];

const FILL: Record<Connection["outcome"], string> = {
  delivered: "bg-good",
  unknown: "bg-line-strong",
  refused: "bg-bad-line",
  dropped: "bg-bad-line opacity-80",
  unanswered: "bg-bad-line opacity-60",
};

/** How the connections ended, as a bar and in figures. */
export function OutcomeBar({ outcomes }: { outcomes: MapEdge["outcomes"] }) {
  const counted = ORDER.map((outcome) => ({ outcome, count: outcomes[outcome] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  return (
    <section aria-label="Outcomes" className="border-b border-line px-4 py-3">
      <h2 className="mb-2 text-xs font-semibold">Outcomes</h2>
      <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full">
        {counted.map(({ outcome, count }) => (
          <div key={outcome} className={clsx("min-w-1", FILL[outcome])} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {counted.map(({ outcome, count }) => (
          <li key={outcome} className="flex items-center gap-2">
            <OutcomeBadge outcome={outcome} />
            <span className="text-muted">
              {formatCount(count)} · {formatShare(count / total)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
