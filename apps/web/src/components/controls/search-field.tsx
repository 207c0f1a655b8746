"use client";

import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

/** Typing should not ask the collector at every letter. */
const SETTLE_MS = 300;

interface SearchFieldProps {
  readonly value: string;
  readonly label: string;
  readonly clearLabel: string;
  readonly maxLength: number;
  /** Called when typing has settled. */
  readonly onChange: (text: string) => void;
}

/** A text to filter by, which follows `value` when that changes elsewhere. */
export function SearchField({ value, label, clearLabel, maxLength, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const change = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(text), SETTLE_MS);
  };
  return (
    <div className="relative min-w-28 flex-1 sm:max-w-72">
      <Search size={14} aria-hidden className="pointer-events-none absolute top-2.25 left-2.5 text-faint" />
      <input
        type="text"
        value={typed}
        onChange={(event) => change(event.target.value)}
        aria-label={label}
        placeholder={label}
        maxLength={maxLength}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 text-sm shadow-card placeholder:text-faint"
      />
      {typed === "" ? null : (
        <button
          type="button"
          aria-label={clearLabel}
          onClick={() => change("")}
          className="absolute top-1 right-1 grid size-6 place-items-center rounded text-faint hover:text-text"
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  );
}
