import { OUTSIDE_NODE } from "@hopline/api";
import clsx from "clsx";
import { Frame } from "../surface/frame";

const LEVELS = {
  none: "bg-good-soft text-good",
  some: "bg-warn-soft text-warn",
  much: "bg-bad-soft text-bad font-semibold",
  unknown: "bg-sunken text-muted",
} as const;
export type HeatLevel = keyof typeof LEVELS;

/** What each colour stands for, in a few words. */
export type HeatLegend = Readonly<Record<HeatLevel, string>>;

const LEVEL_ORDER = ["none", "some", "much", "unknown"] as const satisfies readonly HeatLevel[];

/** What is said of packets from one node to another. */
export interface HeatCell {
  readonly sourceNode: string;
  readonly destinationNode: string;
  /** `2 %`, `1.2 ms`, `unknown`. */
  readonly text: string;
  /** With all that is known. */
  readonly detail: string;
  readonly level: HeatLevel;
}

/** Who sends by row, who receives by column; the world outside the cluster last. */
export function NodeHeatmap({
  cells,
  caption,
  legend,
  chosen,
  onChoose,
}: {
  cells: readonly HeatCell[];
  /** What the figures are. */
  caption: string;
  legend: HeatLegend;
  chosen: { readonly source: string | null; readonly destination: string | null };
  onChoose: (cell: HeatCell) => void;
}) {
  const rows = nodesOf(cells.map((cell) => cell.sourceNode));
  const columns = nodesOf(cells.map((cell) => cell.destinationNode));
  const what = `${caption}, from the node of the row to the node of the column`;
  const byPair = new Map(cells.map((cell) => [`${cell.sourceNode} ${cell.destinationNode}`, cell]));
  return (
    <Frame className="overflow-x-auto! p-3">
      <p aria-hidden className="mb-1 text-xs text-muted">
        {what}
      </p>
      <table
        className="border-separate border-spacing-0.5 text-2xs sm:border-spacing-1 sm:text-xs"
        data-heatmap
      >
        <caption className="sr-only">{what}</caption>
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
                const isChosen = from === chosen.source && to === chosen.destination;
                return (
                  <td key={to}>
                    {cell === undefined ? null : (
                      <button
                        type="button"
                        aria-pressed={isChosen}
                        aria-label={`${cell.text} from ${from} to ${to}`}
                        title={cell.detail}
                        data-cell={`${from} ${to}`}
                        onClick={() => onChoose(cell)}
                        className={clsx(
                          "h-9 w-full min-w-14 rounded-md border px-1 whitespace-nowrap sm:min-w-20 sm:px-2",
                          isChosen ? "border-accent" : "border-transparent hover:border-line-strong",
                          LEVELS[cell.level],
                        )}
                      >
                        {cell.text}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <ul aria-label="Colours" className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-2xs text-muted">
        {LEVEL_ORDER.map((level) => (
          <li key={level} className="inline-flex items-center gap-1.5">
            <span aria-hidden className={clsx("size-3 rounded-sm border border-line", LEVELS[level])} />
            {legend[level]}
          </li>
        ))}
      </ul>
    </Frame>
  );
}

function nodesOf(names: readonly string[]): string[] {
  const isOutside = (name: string) => Number(name === OUTSIDE_NODE);
  return [...new Set(names)].sort((a, b) => isOutside(a) - isOutside(b) || (a < b ? -1 : 1));
}
