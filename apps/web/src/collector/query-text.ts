/** Values of a question; lists are joined with commas, undefined and empty lists are left out. */
export type QueryValues = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** `?a=1&b=x,y`, or the empty text. The same values give the same text, whatever their order. */
export type QueryText = "" | `?${string}`;

export function queryText(values: QueryValues): QueryText {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined || value === "") continue;
    if (typeof value === "object") {
      if (value.length > 0) params.set(name, value.join(","));
    } else params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
