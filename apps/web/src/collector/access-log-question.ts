import { type AuditAction, type AuditLogAnswer, auditLogAnswerSchema, PATHS } from "@hopline/api";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { spanKey, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { queryText } from "./query-text";
import { pageQuery, standingPages } from "./standing-pages";

export interface AccessLogQuestion {
  /** Empty: anybody. */
  readonly who: string;
  readonly did: AuditAction | null;
  readonly span: TimeSpan;
}

/** Who looked, the latest first. */
export function accessLogQuestion(collector: CollectorClient, { who, did, span }: AccessLogQuestion) {
  const filter = { ...(who === "" ? {} : { who }), ...(did === null ? {} : { action: did }) };
  return infiniteQueryOptions({
    ...standingPages<AuditLogAnswer>(({ entries }) => entries.length),
    queryKey: ["access log", queryText(filter), spanKey(span)],
    queryFn: ({ signal, pageParam }) =>
      collector.ask(
        PATHS.auditLog,
        queryText({ ...filter, ...pageQuery(pageParam, span, collector.now()) }),
        auditLogAnswerSchema,
        signal,
      ),
  });
}
