"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { conditionsOf } from "../../filters/connection-filter";
import type { FilterState } from "../../filters/use-filter";
import { AddFilter } from "./add-filter";
import { CopyLink } from "./copy-link";
import { FILTER_LABELS, valueLabel } from "./filter-labels";
import { NamespaceSelect } from "./namespace-select";
import { SpanPicker } from "./span-picker";
import { TextFilter } from "./text-filter";

/** The top of every page over connections: what is looked at, and when. */
export function FilterBar({
  title,
  state,
  children,
}: {
  title: string;
  state: FilterState;
  children?: ReactNode;
}) {
  const chips = conditionsOf(state.filter).filter(({ name }) => name !== "q");
  return (
    <div className="shrink-0 border-b border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 px-3 py-2 sm:px-4">
        <h1 className="mr-2 text-lg font-semibold tracking-tight max-sm:sr-only">{title}</h1>
        <TextFilter state={state} />
        <NamespaceSelect state={state} />
        <AddFilter state={state} />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {children}
          <SpanPicker span={state.span} onChange={state.setSpan} />
          <CopyLink />
        </div>
      </div>
      {chips.length === 0 ? null : (
        <ul aria-label="Filters" className="flex flex-wrap items-center gap-1.5 px-3 pb-2 sm:px-4">
          {chips.map((condition) => (
            <li
              key={`${condition.name} ${condition.value}`}
              className="flex h-6.5 max-w-full items-center rounded-full border border-line bg-accent-soft pl-2.5 text-xs"
            >
              <span className="mr-1 text-muted">{FILTER_LABELS[condition.name]}</span>
              <span className="truncate font-medium text-text">{valueLabel(condition)}</span>
              <button
                type="button"
                aria-label={`Remove filter ${FILTER_LABELS[condition.name]} ${valueLabel(condition)}`}
                onClick={() => state.remove(condition)}
                className="ml-0.5 grid size-6 place-items-center rounded-full text-muted hover:text-text"
              >
                <X size={12} aria-hidden />
              </button>
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
    </div>
  );
}
