import { type AuditAnswer, type AuditQuery, auditAnswerSchema, PATHS } from "@hopline/api";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { spanKey, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { type QueryValues, queryText } from "./query-text";
import { pageQuery, standingPages } from "./standing-pages";

export interface AuditQuestion {
  readonly filter: QueryValues;
  readonly sort: AuditQuery["sort"];
  readonly span: TimeSpan;
}

/** Connections against policy. */
export function auditQuestion(collector: CollectorClient, { filter, sort, span }: AuditQuestion) {
  return infiniteQueryOptions({
    ...standingPages<AuditAnswer>(({ rows }) => rows.length),
    queryKey: ["audit", queryText({ ...filter, sort }), spanKey(span)],
    queryFn: ({ signal, pageParam }) =>
      collector.ask(
        PATHS.audit,
        queryText({ ...filter, sort, ...pageQuery(pageParam, span, collector.now()) }),
        auditAnswerSchema,
        signal,
      ),
  });
}
