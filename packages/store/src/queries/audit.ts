import type { AuditCounts, AuditQuery, AuditRow, TimeRange } from "@hopline/api";
import { z } from "zod";
import { alignRange, fillRange, toTimeRange } from "./aligned-range.js";
import {
  AUDIT_ROW_COLUMNS,
  auditRowSqlSchema,
  auditSql,
  COUNT_COLUMNS,
  toAuditCounts,
  toAuditRow,
} from "./audit-rows.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";

/** One page of an audit. */
export interface AuditPage {
  readonly range: TimeRange;
  readonly rows: readonly AuditRow[];
  /** How many rows fit in all. */
  readonly total: number;
  readonly totals: AuditCounts;
}

const count = z.coerce.number();
const pageRowSchema = auditRowSqlSchema.extend({
  total: count,
  /** In the order of {@link COUNT_COLUMNS}. */
  sums: z.array(count),
});

/** One page of who talked to whom, and how that agrees with policy. */
export async function audit({ database, nowMs }: QueryContext, query: AuditQuery): Promise<AuditPage> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const { rows, order, parameters } = auditSql(query, range, nowMs);
  const read = (limit: number, offset: number) =>
    database.query(
      "the audit",
      pageRowSchema,
      `SELECT ${AUDIT_ROW_COLUMNS}, count() OVER () AS total,
  [${COUNT_COLUMNS.map((column) => `sum(${column}) OVER ()`).join(", ")}] AS sums
FROM (${rows}) ORDER BY ${order} LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
      { ...parameters, limit, offset },
    );
  const page = await read(query.limit, query.offset);
  // A page behind the last has no row that could tell the totals.
  const [any] = page.length > 0 || query.offset === 0 ? page : await read(1, 0);
  return {
    range: toTimeRange(range),
    rows: page.map(toAuditRow),
    total: any?.total ?? 0,
    totals: toAuditCounts(any?.sums ?? []),
  };
}
