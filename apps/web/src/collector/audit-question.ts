import { type AuditQuery, auditAnswerSchema, PATHS, type TimeRange } from "@hopline/api";
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { spanKey, spanQuery, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { type QueryValues, queryText } from "./query-text";

export const AUDIT_PAGE_SIZE = 100;

export interface AuditQuestion {
  readonly filter: QueryValues;
  readonly sort: AuditQuery["sort"];
  readonly span: TimeSpan;
}

interface PageStart {
  readonly offset: number;
  /** Absent on the first page, whose answer says which range it is. */
  readonly range?: TimeRange;
}

const FIRST_PAGE: PageStart = { offset: 0 };

/**
 * An audit, page after page over one range. It stands still until it is asked again: each look is written down, and what is
 * exported should be what is shown.
 */
export function auditQuestion(collector: CollectorClient, { filter, sort, span }: AuditQuestion) {
  return infiniteQueryOptions({
    queryKey: ["audit", queryText({ ...filter, sort }), spanKey(span)],
    queryFn: ({ signal, pageParam: { offset, range } }) =>
      collector.ask(
        PATHS.audit,
        queryText({
          ...filter,
          sort,
          offset,
          limit: AUDIT_PAGE_SIZE,
          ...(range ?? spanQuery(span, collector.now())),
        }),
        auditAnswerSchema,
        signal,
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page, pages) => {
      const offset = pages.reduce((sum, { rows }) => sum + rows.length, 0);
      return page.rows.length > 0 && offset < page.total ? { offset, range: page.range } : undefined;
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
