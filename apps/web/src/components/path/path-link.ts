import { queryText } from "../../collector/query-text";
import { spanParamsOf, type TimeSpan } from "../../filters/time-span";

/** The address of the path page of a connection. */
export function pathHref(id: string, span: TimeSpan): string {
  return `/path/${encodeURIComponent(id)}${queryText(spanParamsOf(span))}`;
}
