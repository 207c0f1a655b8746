import { type AuditLogAnswer, type AuditLogQuery, auditEntrySchema } from "@hopline/api";
import { z } from "zod";
import type { QueryContext } from "./query-context.js";

const DEFAULT_RANGE_MS = 30 * 86_400_000;

const count = z.coerce.number();
const rowSchema = auditEntrySchema.extend({ rows: count, bytes: count });

/** Who looked at or exported what, the latest first. */
export async function auditLog(
  { database, nowMs }: QueryContext,
  query: AuditLogQuery,
): Promise<AuditLogAnswer> {
  const to = query.to ?? nowMs;
  const range = { from: Math.max(0, Math.min(query.from ?? to - DEFAULT_RANGE_MS, to)), to };
  const { who, action = [] } = query;
  const where = [
    "WHERE at >= fromUnixTimestamp64Milli({from:Int64}) AND at < fromUnixTimestamp64Milli({to:Int64})",
    ...(who === undefined
      ? []
      : [
          "(positionCaseInsensitiveUTF8(actor, {who:String}) > 0 OR positionCaseInsensitiveUTF8(address, {who:String}) > 0)",
        ]),
    ...(action.length === 0 ? [] : ["action IN {actions:Array(String)}"]),
  ].join(" AND ");
  const asked = {
    ...range,
    ...(who === undefined ? {} : { who }),
    ...(action.length === 0 ? {} : { actions: action }),
  };
  const entries = await database.query(
    "the audit log",
    rowSchema,
    `SELECT toUnixTimestamp64Milli(e.at) AS at, actor, address, action, target, query, rows, bytes, detail
FROM (SELECT * FROM audit_log ${where}) AS e
ORDER BY e.at DESC, actor, action, query LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
    { ...asked, limit: query.limit, offset: query.offset },
  );
  const [all] = await database.query(
    "the audit log's length",
    z.object({ total: count }),
    `SELECT count() AS total FROM audit_log ${where}`,
    asked,
  );
  return { range, entries, total: all?.total ?? 0 };
}
