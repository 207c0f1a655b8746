import type { LossCell } from "@hopline/api";
import clsx from "clsx";
import { formatShare } from "../../units/quantity";
import { lossDetail, lossLevel } from "./loss-level";

const LEVELS = {
  none: "bg-good-soft text-good",
  some: "bg-warn-soft text-warn",
  much: "bg-bad-soft text-bad font-semibold",
  unknown: "bg-sunken text-muted",
} as const;

/** Who sends by row, who receives by column; each cell says the share that was lost, or that it cannot be told. */
export function LossHeatmap({
  cells,
  chosen,
  onChoose,
}: {
  cells: readonly LossCell[];
  chosen: LossCell | undefined;
  onChoose: (cell: LossCell) => void;
}) {
  const rows = [...new Set(cells.map((cell) => cell.sourceNode))].sort();
  const columns = [...new Set(cells.map((cell) => cell.destinationNode))].sort();
  const byPair = new Map(cells.map((cell) => [`${cell.sourceNode} ${cell.destinationNode}`, cell]));
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface p-3">
      <table className="border-separate border-spacing-1 text-xs" data-heatmap>
        <caption className="mb-1 text-left text-2xs text-muted">From (rows) to (columns)</caption>
        <thead>
          <tr>
            <td />
            {columns.map((node) => (
              <th key={node} scope="col" className="px-1 font-medium text-muted">
                {node}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((from) => (
            <tr key={from}>
              <th scope="row" className="pr-2 text-right font-medium text-muted">
                {from}
              </th>
              {columns.map((to) => {
                const cell = byPair.get(`${from} ${to}`);
                const text =
                  cell === undefined || cell.payload === null ? "unknown" : formatShare(cell.payload.ratio);
                return (
                  <td key={to}>
                    {cell === undefined ? null : (
                      <button
                        type="button"
                        aria-pressed={cell === chosen}
                        aria-label={`${text} from ${from} to ${to}`}
                        title={lossDetail(cell)}
                        data-cell={`${from} ${to}`}
                        onClick={() => onChoose(cell)}
                        className={clsx(
                          "h-9 w-full min-w-20 rounded-md border px-2",
                          cell === chosen ? "border-accent" : "border-transparent hover:border-line-strong",
                          LEVELS[lossLevel(cell)],
                        )}
                      >
                        {text}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
