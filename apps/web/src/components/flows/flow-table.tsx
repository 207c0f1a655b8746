"use client";

import type { Connection } from "@hopline/api";
import { useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type RefObject, useEffect } from "react";
import { FlowCard } from "./flow-card";
import { FLOW_COLUMNS, FLOW_GRID, type FlowSort, type PathOf } from "./flow-columns";
import { portText } from "./port-text";

/** The same for rows and cards, so that opening a panel does not move what is being read. */
const ROW_HEIGHT = 48;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 20;

export interface FlowTableProps {
  readonly rows: readonly Connection[];
  readonly sort: FlowSort;
  readonly order: "asc" | "desc";
  readonly onSort: (sort: FlowSort) => void;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly pathOf: PathOf;
  /** Cards instead of columns. */
  readonly narrow: boolean;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onNearEnd: () => void;
}

/** Connections, only those in sight being in the page. */
export function FlowTable({
  rows,
  sort,
  order,
  onSort,
  chosen,
  onChoose,
  pathOf,
  narrow,
  scroller,
  onNearEnd,
}: FlowTableProps) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  const visible = items.flatMap((item) => {
    const connection = rows[item.index];
    return connection === undefined ? [] : [{ item, connection }];
  });
  if (narrow) {
    return (
      <ul aria-label="Connections" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {visible.map(({ item, connection }) => (
          <li
            key={item.key}
            className="absolute inset-x-0 top-0 border-b border-line"
            style={{ height: ROW_HEIGHT, transform: `translateY(${item.start}px)` }}
          >
            <FlowCard
              connection={connection}
              chosen={chosen === connection.id}
              onChoose={onChoose}
              pathOf={pathOf}
            />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <table aria-label="Connections" aria-rowcount={rows.length + 1} className="block min-w-[1084px]">
      <thead className="sticky top-0 z-10 block border-b border-line-strong bg-surface">
        <tr className="grid px-2" style={{ gridTemplateColumns: FLOW_GRID }}>
          {FLOW_COLUMNS.map((column) => (
            <HeaderCell
              key={column.key}
              name={column.name}
              numeric={column.numeric === true}
              direction={column.sort === sort ? order : undefined}
              onSort={column.sort === undefined ? undefined : onSort.bind(undefined, column.sort)}
            />
          ))}
        </tr>
      </thead>
      <tbody className="relative block" style={{ height: virtualizer.getTotalSize() }}>
        {visible.map(({ item, connection }) => (
          <tr
            key={item.key}
            aria-rowindex={item.index + 2}
            data-connection={connection.id}
            onClick={() => onChoose(connection.id)}
            className={clsx(
              "absolute inset-x-0 top-0 grid cursor-pointer items-center border-b border-line px-2 hover:bg-sunken",
              chosen === connection.id && "bg-accent-soft hover:bg-accent-soft",
            )}
            style={{
              height: ROW_HEIGHT,
              transform: `translateY(${item.start}px)`,
              gridTemplateColumns: FLOW_GRID,
            }}
          >
            {FLOW_COLUMNS.map((column, index) => (
              <td
                key={column.key}
                data-cell={column.key}
                className={clsx("min-w-0 truncate px-2", column.numeric && "text-right")}
              >
                {index === 0 ? (
                  <button type="button" className="rounded text-left">
                    {column.cell(connection, pathOf)}
                    <span className="sr-only">, hops of {nameOf(connection)}</span>
                  </button>
                ) : (
                  column.cell(connection, pathOf)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HeaderCell({
  name,
  numeric,
  direction,
  onSort,
}: {
  name: string;
  numeric: boolean;
  direction: "asc" | "desc" | undefined;
  onSort: (() => void) | undefined;
}) {
  const Arrow = direction === "asc" ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={direction === undefined ? undefined : direction === "asc" ? "ascending" : "descending"}
      className={clsx("flex h-8 items-center px-2 text-2xs font-medium text-muted", numeric && "justify-end")}
    >
      {onSort === undefined ? (
        name
      ) : (
        <button
          type="button"
          onClick={onSort}
          className={clsx(
            "inline-flex items-center gap-1 rounded hover:text-text",
            numeric && "flex-row-reverse",
            direction !== undefined && "font-semibold text-text",
          )}
        >
          {name}
          <Arrow size={11} aria-hidden className={direction === undefined ? "opacity-0" : undefined} />
        </button>
      )}
    </th>
  );
}

function nameOf(connection: Connection): string {
  const { client, server } = connection;
  return `${client.entity.name} to ${server.entity.name}, ${portText(connection)}`;
}
