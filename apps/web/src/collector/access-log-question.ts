import { type AuditAction, auditLogAnswerSchema, PATHS, type TimeRange } from "@hopline/api";
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { spanKey, spanQuery, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { queryText } from "./query-text";

const PAGE_SIZE = 100;

export interface AccessLogQuestion {
  /** Empty: anybody. */
  readonly who: string;
  readonly did: AuditAction | null;
  readonly span: TimeSpan;
}

interface PageStart {
  readonly offset: number;
  /** Absent on the first page, whose answer says which range it is. */
  readonly range?: TimeRange;
}

const FIRST_PAGE: PageStart = { offset: 0 };

/** Who looked, page after page over one range. It stands still, for each look is written down. */
export function accessLogQuestion(collector: CollectorClient, { who, did, span }: AccessLogQuestion) {
  const filter = { ...(who === "" ? {} : { who }), ...(did === null ? {} : { action: did }) };
  return infiniteQueryOptions({
    queryKey: ["access log", queryText(filter), spanKey(span)],
    queryFn: ({ signal, pageParam: { offset, range } }) =>
      collector.ask(
        PATHS.auditLog,
        queryText({
          ...filter,
          offset,
          limit: PAGE_SIZE,
          ...(range ?? spanQuery(span, collector.now())),
        }),
        auditLogAnswerSchema,
        signal,
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page, pages) => {
      const offset = pages.reduce((sum, { entries }) => sum + entries.length, 0);
      return page.entries.length > 0 && offset < page.total ? { offset, range: page.range } : undefined;
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
