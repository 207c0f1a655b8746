"use client";

import type { FilterState } from "../../filters/use-filter";
import { SearchField } from "../controls/search-field";

export function TextFilter({ state }: { state: FilterState }) {
  return (
    <SearchField
      value={typeof state.filter.q === "string" ? state.filter.q : ""}
      label="Name or address"
      clearLabel="Clear text"
      maxLength={200}
      onChange={(text) => state.set("q", text === "" ? [] : [text])}
    />
  );
}
