"use client";

import { ChevronDown, Layers } from "lucide-react";
import { useState } from "react";
import type { FilterState } from "../../filters/use-filter";
import { Button } from "../controls/button";
import { Popover } from "../controls/popover";
import { ChoiceList } from "./choice-list";
import { useFilterChoices } from "./use-filter-choices";

export function NamespaceSelect({ state }: { state: FilterState }) {
  const [open, setOpen] = useState(false);
  const choices = useFilterChoices(state.span, open);
  const value = state.filter.namespace;
  const chosen = value === undefined ? [] : typeof value === "string" ? [value] : value;
  const known = [...new Set([...(choices.namespace ?? []), ...chosen])].sort();
  const text =
    chosen.length === 0 ? "All namespaces" : chosen.length === 1 ? chosen[0] : `${chosen.length} namespaces`;
  return (
    <Popover
      label="Namespaces"
      open={open}
      onOpenChange={setOpen}
      className="w-60"
      trigger={
        <Button className="max-w-52 max-sm:max-w-36">
          <Layers size={14} aria-hidden className="text-muted max-sm:hidden" />
          <span className="truncate">{text}</span>
          <ChevronDown size={14} aria-hidden className="text-faint" />
        </Button>
      }
    >
      <ChoiceList
        label="Namespaces"
        values={known}
        chosen={chosen}
        nameOf={(name) => name}
        takesOthers={false}
        onToggle={(name) =>
          chosen.includes(name)
            ? state.remove({ name: "namespace", value: name })
            : state.add({ name: "namespace", value: name })
        }
      />
      {chosen.length > 0 ? (
        <button
          type="button"
          onClick={() => state.set("namespace", [])}
          className="mt-1 w-full rounded border-t border-line px-2 py-1.5 text-left text-xs font-medium text-accent hover:bg-sunken"
        >
          All namespaces
        </button>
      ) : null}
    </Popover>
  );
}
