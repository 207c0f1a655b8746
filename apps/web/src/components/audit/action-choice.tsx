"use client";

import type { AuditAction } from "@hopline/api";
import { Segmented } from "../controls/segmented";
import { ACTION_NAMES } from "./access-words";

const CHOICES: readonly { readonly value: AuditAction | "all"; readonly name: string }[] = [
  { value: "all", name: "Everything" },
  ...ACTION_NAMES,
];

/** What somebody did. */
export function ActionChoice({
  chosen,
  onChange,
}: {
  chosen: AuditAction | null;
  onChange: (action: AuditAction | null) => void;
}) {
  return (
    <Segmented
      label="What was done"
      value={chosen ?? "all"}
      options={CHOICES}
      onChange={(value) => onChange(value === "all" ? null : value)}
    />
  );
}
