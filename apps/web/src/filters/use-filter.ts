"use client";

import { useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import { type Condition, type ConnectionFilter, filterOf } from "./connection-filter";
import { FILTER_NAMES, type FilterName, filterParams, spanOf, spanParams } from "./filter-params";
import type { TimeSpan } from "./time-span";

/** Filters that hold one value; giving another replaces it. */
const SINGLE: ReadonlySet<FilterName> = new Set([
  "entity",
  "client",
  "server",
  "service",
  "port",
  "node",
  "q",
]);

export interface FilterState {
  readonly filter: ConnectionFilter;
  readonly span: TimeSpan;
  readonly add: (condition: Condition) => void;
  readonly remove: (condition: Condition) => void;
  readonly set: (name: FilterName, values: readonly string[]) => void;
  readonly clear: () => void;
  readonly setSpan: (span: TimeSpan) => void;
}

/** The filter and the time span of the address bar, and ways to change them. */
export function useFilter(): FilterState {
  const [params, setParams] = useQueryStates({ ...filterParams, ...spanParams }, { history: "push" });
  const filter = useMemo(() => filterOf(params), [params]);
  const { last, from, to } = params;
  const span = useMemo(() => spanOf({ last, from, to }), [last, from, to]);

  const set = useCallback(
    (name: FilterName, values: readonly string[]) => {
      const value = SINGLE.has(name) ? (values.at(-1) ?? null) : values.length === 0 ? null : [...values];
      setParams({ [name]: value });
    },
    [setParams],
  );
  const valuesOf = useCallback(
    (name: FilterName): readonly string[] => {
      const value = filter[name];
      return value === undefined ? [] : typeof value === "string" ? [value] : value;
    },
    [filter],
  );
  return {
    filter,
    span,
    set,
    add: ({ name, value }) => set(name, [...valuesOf(name).filter((one) => one !== value), value]),
    remove: ({ name, value }) =>
      set(
        name,
        valuesOf(name).filter((one) => one !== value),
      ),
    clear: () => setParams(Object.fromEntries(FILTER_NAMES.map((name) => [name, null]))),
    setSpan: (next) =>
      setParams(
        next.kind === "live"
          ? { last: next.last, from: null, to: null }
          : { from: new Date(next.fromMs), to: new Date(next.toMs), last: null },
      ),
  };
}
