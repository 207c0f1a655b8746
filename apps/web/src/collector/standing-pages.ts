import type { TimeRange } from "@hopline/api";
import { keepPreviousData } from "@tanstack/react-query";
import { spanQuery, type TimeSpan } from "../filters/time-span";
import type { QueryValues } from "./query-text";

const PAGE_SIZE = 100;

/** Where a page of a record begins. */
export interface PageStart {
  readonly offset: number;
  /** Absent on the first page, whose answer says which range it is. */
  readonly range?: TimeRange;
}

const FIRST_PAGE: PageStart = { offset: 0 };

/** What a page of a record is asked by. @param nowMs by the collector's clock */
export function pageQuery({ offset, range }: PageStart, span: TimeSpan, nowMs: number): QueryValues {
  return { offset, limit: PAGE_SIZE, ...(range ?? spanQuery(span, nowMs)) };
}

/**
 * For questions about a record, page after page over one range: it stands still until it is asked again, for each look is
 * written down, and what is exported should be what is shown.
 *
 * @param rowsOf how many rows a page has
 */
export function standingPages<Page extends { readonly total: number; readonly range: TimeRange }>(
  rowsOf: (page: Page) => number,
) {
  return {
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page: Page, pages: readonly Page[]): PageStart | undefined => {
      const offset = pages.reduce((sum, one) => sum + rowsOf(one), 0);
      return rowsOf(page) > 0 && offset < page.total ? { offset, range: page.range } : undefined;
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  };
}
