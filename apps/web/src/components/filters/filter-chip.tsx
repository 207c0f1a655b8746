"use client";

import { X } from "lucide-react";

/** A condition that is set, with a button that takes it away. */
export function FilterChip({
  label,
  value,
  onRemove,
}: {
  label: string;
  value: string;
  onRemove: () => void;
}) {
  return (
    <span className="flex h-6.5 max-w-full items-center rounded-full border border-line bg-accent-soft pl-2.5 text-xs">
      <span className="mr-1 shrink-0 text-muted">{label}</span>
      <span className="truncate font-medium text-text" title={value}>
        {value}
      </span>
      <button
        type="button"
        aria-label={`Remove filter ${label} ${value}`}
        onClick={onRemove}
        className="ml-0.5 grid size-6 shrink-0 place-items-center rounded-full text-muted hover:text-text"
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
