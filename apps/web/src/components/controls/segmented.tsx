"use client";

import clsx from "clsx";
import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";

export interface SegmentedOption<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly icon?: ReactNode;
}

/** One choice of a few, side by side. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  iconsOnly = false,
  showLabel = false,
}: {
  label: string;
  value: Value;
  options: readonly SegmentedOption<Value>[];
  onChange: (value: Value) => void;
  iconsOnly?: boolean;
  /** Before the choices, where they do not say themselves what they choose. */
  showLabel?: boolean;
}) {
  const group = (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(chosen) => {
        const option = options.find((one) => one.value === chosen);
        if (option !== undefined) onChange(option.value);
      }}
      className="inline-flex min-h-8 max-w-full flex-wrap items-center rounded-md border border-line-strong bg-sunken p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          aria-label={option.name}
          title={iconsOnly ? option.name : undefined}
          className={clsx(
            "inline-flex h-6.5 items-center gap-1.5 rounded-[5px] text-xs font-medium text-muted hover:text-text data-[state=on]:bg-surface data-[state=on]:text-text data-[state=on]:shadow-card",
            iconsOnly ? "w-7 justify-center" : "px-2.5",
          )}
        >
          {option.icon}
          {iconsOnly ? null : option.name}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
  if (!showLabel) return group;
  return (
    <span className="inline-flex max-w-full items-center gap-2 text-xs text-muted">
      <span aria-hidden>{label}</span>
      {group}
    </span>
  );
}
