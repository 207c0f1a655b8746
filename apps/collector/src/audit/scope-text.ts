import type { AuditScope } from "@hopline/api";

/** A scope's conditions with their values as text, in a steady order; without the range. */
export function scopeConditions(scope: AuditScope): [name: string, value: string][] {
  return Object.entries(scope)
    .filter(([name]) => !NOT_SCOPE.has(name))
    .map(([name, value]): [string, string] => [
      name,
      Array.isArray(value) ? value.join(",") : value === undefined ? "" : String(value),
    ])
    .filter(([, value]) => value !== "")
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

const NOT_SCOPE = new Set(["from", "to", "limit", "offset", "format", "sort"]);

/** `namespace=shop&port=80`; empty for everything. */
export function scopeText(scope: AuditScope): string {
  return scopeConditions(scope)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}
