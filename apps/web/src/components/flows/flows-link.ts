import { queryText } from "../../collector/query-text";
import type { ConnectionFilter } from "../../filters/connection-filter";
import { spanParamsOf, type TimeSpan } from "../../filters/time-span";

/** The address of the flows page for this filter and span, with one connection opened where `connection` names it. */
export function flowsHref(filter: ConnectionFilter, span: TimeSpan, connection?: string): string {
  return `/flows${queryText({ ...filter, ...spanParamsOf(span), connection })}`;
}
