"use client";

import { ChevronLeft, ChevronRight, ListFilter } from "lucide-react";
import { useState } from "react";
import { FILTER_NAMES, type FilterName } from "../../filters/filter-params";
import type { FilterState } from "../../filters/use-filter";
import { Button } from "../controls/button";
import { Popover } from "../controls/popover";
import { ChoiceList } from "./choice-list";
import { FILTER_LABELS, FIXED_VALUES, valueLabel } from "./filter-labels";
import { useFilterChoices } from "./use-filter-choices";

/** Namespaces and text have places of their own in the bar. */
const OFFERED = FILTER_NAMES.filter((name) => name !== "namespace" && name !== "q");

/** First what to filter by, then by which values. */
export function AddFilter({ state }: { state: FilterState }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState<FilterName>();
  const choices = useFilterChoices(state.span, open);
  const onOpenChange = (next: boolean) => {
    setOpen(next);
    if (next) setName(undefined);
  };
  const value = name === undefined ? undefined : state.filter[name];
  const chosen = value === undefined ? [] : typeof value === "string" ? [value] : value;
  return (
    <Popover
      label="Add a filter"
      open={open}
      onOpenChange={onOpenChange}
      className="w-64"
      trigger={
        <Button>
          <ListFilter size={14} aria-hidden /> <span className="max-sm:sr-only">Filter</span>
        </Button>
      }
    >
      {name === undefined ? (
        OFFERED.map((offered) => (
          <button
            key={offered}
            type="button"
            onClick={() => setName(offered)}
            className="flex w-full items-center justify-between rounded px-2 py-1.5 text-left text-sm hover:bg-sunken"
          >
            {FILTER_LABELS[offered]}
            <ChevronRight size={14} aria-hidden className="text-faint" />
          </button>
        ))
      ) : (
        <>
          <button
            type="button"
            onClick={() => setName(undefined)}
            className="mb-1 flex items-center gap-1 rounded px-1.5 py-1 text-xs font-medium text-muted hover:text-text"
          >
            <ChevronLeft size={14} aria-hidden /> {FILTER_LABELS[name]}
          </button>
          <ChoiceList
            label={FILTER_LABELS[name]}
            values={choices[name] ?? []}
            chosen={chosen}
            nameOf={(one) => valueLabel({ name, value: one })}
            takesOthers={FIXED_VALUES[name] === undefined}
            onToggle={(one) =>
              chosen.includes(one) ? state.remove({ name, value: one }) : state.add({ name, value: one })
            }
          />
        </>
      )}
    </Popover>
  );
}
