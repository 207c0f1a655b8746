"use client";

import { SearchField } from "../controls/search-field";

/** Part of the name that was asked for. */
export function NameFilter({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  return (
    <SearchField
      value={name}
      label="Name asked for"
      clearLabel="Clear name"
      maxLength={255}
      onChange={onChange}
    />
  );
}
