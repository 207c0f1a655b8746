import clsx from "clsx";
import type { ReactNode } from "react";

export interface DataColumn<Row> {
  readonly name: string;
  readonly numeric?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

/** A small table; scrolls sideways where it has no room. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  caption: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={`${caption}: table`}>
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-2xs text-muted">
            {columns.map(({ name, numeric }) => (
              <th
                key={name}
                scope="col"
                className={clsx(
                  "px-3 py-1.5 font-medium whitespace-nowrap first:pl-4 last:pr-4",
                  numeric ? "text-right" : "text-left",
                )}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-t border-line align-top">
              {columns.map(({ name, numeric, cell }) => (
                <td key={name} className={clsx("px-3 py-1.5 first:pl-4 last:pr-4", numeric && "text-right")}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
