import { queryText } from "../../collector/query-text";
import type { ConnectionFilter } from "../../filters/connection-filter";
import type { TimeSpan } from "../../filters/time-span";

/** The address of the flows page for this filter and span, with one connection opened where `connection` names it. */
export function flowsHref(filter: ConnectionFilter, span: TimeSpan, connection?: string): string {
  const time =
    span.kind === "live"
      ? { last: span.last }
      : { from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString() };
  return `/flows${queryText({ ...filter, ...time, connection })}`;
}
