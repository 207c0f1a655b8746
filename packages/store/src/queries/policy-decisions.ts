import {
  type Conformance,
  type Connection,
  conformanceSchema,
  type PolicyQuery,
  type TimeRange,
  type VerdictRecord,
  verdictRecordSchema,
} from "@hopline/api";
import { z } from "zod";
import { type AlignedRange, alignRange, fillRange, toTimeRange } from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";
import { HEX_ID, readConnections } from "./read-connections.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

/** Connections of a range about which the same was decided, and of which the same became. */
export interface PolicyDecision {
  /** Null where nothing was judged. */
  readonly record: VerdictRecord | null;
  readonly conformance: Conformance;
  /** Unix seconds: when they began, of denials and of what should have been; the range's start for all others. */
  readonly stepStart: number;
  readonly connections: number;
  readonly lastSeenMs: number;
}

export interface PolicyDecisions {
  readonly range: TimeRange;
  readonly stepSeconds: number;
  readonly decisions: readonly PolicyDecision[];
  /** The last connections that were denied, or should have been; the latest first. */
  readonly latest: readonly Connection[];
}

const MAX_POINTS = 60;
const MAX_LATEST = 50;
const DENIALS = ["denied-observed", "denied-inferred", "unenforced"];

const count = z.coerce.number();
const decisionSchema = z.object({
  verdict_reason: z.string(),
  conformance: conformanceSchema,
  step: count,
  connections: count,
  last_us: count,
});

/** What was decided about the connections of a range, by the record of the verdict, and the last that were denied. */
export async function policyDecisions(
  { database, nowMs }: QueryContext,
  query: PolicyQuery,
): Promise<PolicyDecisions> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const stepSeconds = stepFor(range);
  const { condition, columns, parameters } = filterSql({ namespace: query.namespace });
  const asked = { ...parameters, ...resolvedParameters(range, nowMs), denials: DENIALS };
  const rows = await database.query(
    "policy decisions",
    decisionSchema,
    `SELECT verdict_reason, conformance,
  if(conformance IN {denials:Array(String)},
    greatest({from:UInt32}, {from:UInt32} + intDiv(toInt64(intDiv(first_seen_us, 1000000)) - {from:UInt32}, ${stepSeconds}) * ${stepSeconds}),
    {from:UInt32}) AS step,
  count() AS connections, max(last_seen_us) AS last_us
FROM (${resolvedConnections(["verdict_reason", "conformance", "first_seen_us", "last_seen_us", ...columns])})
WHERE ${condition}
GROUP BY verdict_reason, conformance, step`,
    asked,
  );
  const latest = await database.query(
    "the last denied connections",
    z.object({ id: z.string() }),
    `SELECT ${HEX_ID} AS id
FROM (${resolvedConnections(["conformance", "last_seen_us", ...columns])})
WHERE (${condition}) AND conformance IN {denials:Array(String)}
ORDER BY last_seen_us DESC, connection_id LIMIT ${MAX_LATEST}`,
    asked,
  );
  const ids = latest.map(({ id }) => id);
  return {
    range: toTimeRange(range),
    stepSeconds,
    decisions: rows.map(toDecision),
    latest: await readConnections(database, ids, range, nowMs),
  };
}

function stepFor({ from, to }: AlignedRange): number {
  return Math.max(1, Math.ceil((to - from) / MAX_POINTS / WINDOW_SECONDS)) * WINDOW_SECONDS;
}

function toDecision(row: z.output<typeof decisionSchema>): PolicyDecision {
  return {
    record: readRecord(row.verdict_reason),
    conformance: row.conformance,
    stepStart: row.step,
    connections: row.connections,
    lastSeenMs: Math.floor(row.last_us / 1000),
  };
}

/** Where nothing was judged, the reason is a sentence and no record. */
function readRecord(reason: string): PolicyDecision["record"] {
  if (!reason.startsWith("{")) return null;
  try {
    return verdictRecordSchema.safeParse(JSON.parse(reason)).data ?? null;
  } catch {
    return null;
  }
}
