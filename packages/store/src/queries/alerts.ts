import {
  type AlertsAnswer,
  type AlertsQuery,
  alertFactsSchema,
  alertResolutionSchema,
  alertRuleSchema,
  alertSeveritySchema,
} from "@hopline/api";
import { z } from "zod";
import type { QueryParameters } from "../database.js";
import { STORED_ALERT_STATES, type StoredAlert } from "../records.js";
import { fillRange } from "./aligned-range.js";
import type { QueryContext } from "./query-context.js";

const count = z.coerce.number();
const happened = count.transform((ms) => (ms === 0 ? null : ms));
const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text, context): z.output<Schema> => {
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: parsed.error.message });
    return z.NEVER;
  });

const rowSchema = z
  .object({
    id: z.string(),
    rule: alertRuleSchema,
    severity: alertSeveritySchema,
    labels: json(z.record(z.string(), z.string())),
    state: z.enum(STORED_ALERT_STATES),
    resolution: z.union([alertResolutionSchema, z.literal("").transform(() => null)]),
    pending_ms: count,
    fired_ms: happened,
    resolved_ms: happened,
    summary: z.string(),
    link: z.string(),
    facts: json(alertFactsSchema),
    deliveries: json(z.record(z.string(), z.enum(["firing", "resolved"]))),
    total: count.default(0),
  })
  .transform(({ pending_ms, fired_ms, resolved_ms, total, ...row }) => ({
    total,
    alert: {
      ...row,
      pendingAt: pending_ms,
      firedAt: fired_ms,
      resolvedAt: resolved_ms,
    } satisfies StoredAlert,
  }));

const COLUMNS = `id, rule, severity, labels, state, resolution, toUnixTimestamp64Milli(pending_at) AS pending_ms,
  toUnixTimestamp64Milli(fired_at) AS fired_ms, toUnixTimestamp64Milli(resolved_at) AS resolved_ms,
  summary, link, facts, deliveries`;

/** Alerts of a range: those that fired come first, a pending one that lapsed is not told. */
export async function alerts({ database, nowMs }: QueryContext, query: AlertsQuery): Promise<AlertsAnswer> {
  const range = fillRange(query, nowMs);
  const conditions = [
    "state != 'lapsed'",
    "pending_at < fromUnixTimestamp64Milli({to:Int64})",
    "(state != 'resolved' OR resolved_at >= fromUnixTimestamp64Milli({from:Int64}))",
  ];
  const parameters: Record<string, QueryParameters[string]> = { ...range, limit: query.limit };
  for (const field of ["state", "rule"] as const) {
    const chosen = query[field];
    if (chosen === undefined || chosen.length === 0) continue;
    conditions.push(`${field} IN {${field}s:Array(String)}`);
    parameters[`${field}s`] = chosen;
  }
  const rows = await database.query(
    "alerts",
    rowSchema,
    `SELECT ${COLUMNS}, count() OVER () AS total FROM alerts FINAL
WHERE ${conditions.join(" AND ")}
ORDER BY indexOf(['firing', 'pending', 'resolved'], state), greatest(fired_at, pending_at) DESC, id
LIMIT {limit:UInt32}`,
    parameters,
  );
  return {
    range,
    total: rows[0]?.total ?? 0,
    alerts: rows.flatMap(({ alert: { deliveries: _, state, ...alert } }) =>
      state === "lapsed" ? [] : [{ ...alert, state }],
    ),
  };
}

/** Those that are active, whoever raised them, and those that were resolved lately: somebody may still have to be told. */
export async function openAlerts(
  { database }: Pick<QueryContext, "database">,
  resolvedSinceMs: number,
): Promise<StoredAlert[]> {
  const rows = await database.query(
    "open alerts",
    rowSchema,
    `SELECT ${COLUMNS} FROM alerts FINAL
WHERE state IN ('pending', 'firing')
  OR (state = 'resolved' AND resolved_at >= fromUnixTimestamp64Milli({since:Int64}))
ORDER BY pending_at, id LIMIT 10000`,
    { since: Math.max(0, Math.floor(resolvedSinceMs)) },
  );
  return rows.map(({ alert }) => alert);
}
