"use client";

import type { ReactNode } from "react";
import { conditionsOf } from "../../filters/connection-filter";
import type { FilterState } from "../../filters/use-filter";
import { AddFilter } from "./add-filter";
import { FilterChip } from "./filter-chip";
import { FILTER_LABELS, valueLabel } from "./filter-labels";
import { NamespaceSelect } from "./namespace-select";
import { TextFilter } from "./text-filter";
import { Toolbar } from "./toolbar";

/** The top of every page over connections: what is looked at, and when. */
export function FilterBar({
  title,
  state,
  below,
  children,
}: {
  title: string;
  state: FilterState;
  below?: ReactNode;
  /** Beside the time span. */
  children?: ReactNode;
}) {
  const chips = conditionsOf(state.filter).filter(({ name }) => name !== "q");
  return (
    <Toolbar
      title={title}
      time={state}
      actions={children}
      below={
        below === undefined && chips.length === 0 ? undefined : (
          <>
            {chips.length === 0 ? null : (
              <ul aria-label="Filters" className="flex max-w-full flex-wrap items-center gap-1.5">
                {chips.map((condition) => (
                  <li key={`${condition.name} ${condition.value}`} className="max-w-full">
                    <FilterChip
                      label={FILTER_LABELS[condition.name]}
                      value={valueLabel(condition)}
                      onRemove={() => state.remove(condition)}
                    />
                  </li>
                ))}
                <li>
                  <button
                    type="button"
                    onClick={state.clear}
                    className="rounded px-1.5 text-xs font-medium text-accent hover:underline"
                  >
                    Clear all
                  </button>
                </li>
              </ul>
            )}
            {below}
          </>
        )
      }
    >
      <TextFilter state={state} />
      <NamespaceSelect state={state} />
      <AddFilter state={state} />
    </Toolbar>
  );
}
