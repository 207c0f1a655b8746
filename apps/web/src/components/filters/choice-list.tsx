"use client";

import { type KeyboardEvent, useId, useState } from "react";

/** Above this a list is worth searching. */
const SEARCH_FROM = 8;
const SHOWN = 200;

/** Values to choose one or several of; with a field that narrows them, or takes a value that is not among them. */
export function ChoiceList({
  label,
  values,
  chosen,
  nameOf,
  takesOthers,
  onToggle,
}: {
  label: string;
  values: readonly string[];
  chosen: readonly string[];
  nameOf: (value: string) => string;
  /** Whether Enter may give what was typed, though no such value was seen. */
  takesOthers: boolean;
  onToggle: (value: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const listId = useId();
  const narrowed = values.filter((value) => nameOf(value).toLowerCase().includes(typed.toLowerCase()));
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Enter" || typed.trim() === "") return;
    event.preventDefault();
    const only = narrowed.length === 1 ? narrowed[0] : undefined;
    const value = only ?? (takesOthers ? typed.trim() : undefined);
    if (value === undefined) return;
    onToggle(value);
    setTyped("");
  };
  return (
    <div>
      {values.length > SEARCH_FROM || takesOthers ? (
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKey}
          aria-label={`Search ${label}`}
          aria-controls={listId}
          placeholder={takesOthers && values.length === 0 ? `${label}, then Enter` : "Search…"}
          className="mb-1 h-8 w-full rounded-md border border-line-strong bg-surface px-2 text-sm placeholder:text-faint"
        />
      ) : null}
      <fieldset id={listId} aria-label={label} className="max-h-72 overflow-auto">
        {narrowed.slice(0, SHOWN).map((value) => {
          return (
            <label
              key={value}
              className="flex w-full cursor-pointer items-center gap-2 rounded px-2 py-1.5 text-sm hover:bg-sunken"
            >
              <input
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={() => onToggle(value)}
                className="size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0 truncate">{nameOf(value)}</span>
            </label>
          );
        })}
        {narrowed.length === 0 ? (
          <p className="px-2 py-1.5 text-xs text-muted">
            {takesOthers
              ? "None seen in this range. Enter takes what you typed."
              : "None seen in this range."}
          </p>
        ) : null}
        {narrowed.length > SHOWN ? (
          <p className="px-2 py-1.5 text-xs text-muted">{narrowed.length - SHOWN} more. Type to narrow.</p>
        ) : null}
      </fieldset>
    </div>
  );
}
