import { FILTER_NAMES, type FilterName } from "./filter-params";

/** Which connections are meant; absent means any. List filters hold one value or more. */
export type ConnectionFilter = Readonly<Partial<Record<FilterName, string | readonly string[]>>>;

/** From what the URL parsers give, without the empty ones. */
export function filterOf(
  params: Readonly<Partial<Record<FilterName, string | readonly string[] | null>>>,
): ConnectionFilter {
  const filter: Partial<Record<FilterName, string | readonly string[]>> = {};
  for (const name of FILTER_NAMES) {
    const value = params[name];
    if (value !== null && value !== undefined && value.length > 0) filter[name] = value;
  }
  return filter;
}

/** One removable condition of a filter. */
export interface Condition {
  readonly name: FilterName;
  readonly value: string;
}

export function conditionsOf(filter: ConnectionFilter): Condition[] {
  return FILTER_NAMES.flatMap((name) => {
    const value = filter[name];
    if (value === undefined) return [];
    return (typeof value === "string" ? [value] : value).map((one) => ({ name, value: one }));
  });
}
