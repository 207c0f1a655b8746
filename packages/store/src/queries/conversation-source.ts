import type { ConnectionFilter, TimeRange } from "@hopline/api";
import { edgeConformanceSql } from "../conformance.js";
import type { QueryParameters } from "../database.js";
import type { RetentionSettings } from "../retention.js";
import { type AlignedRange, alignRange, inRange, rangeParameters } from "./aligned-range.js";
import { filterSql, needsConnections } from "./connection-filter.js";
import { resolvedConnections, resolvedParameters, SCOPE } from "./resolved-connections.js";

/**
 * Who talked to whom, read from the coarsest table that has the columns and covers the range. Whatever the table, `rows`
 * have the same columns for the ends (`client_kind`, …), `service_*`, `protocol`, `port`, `scope`, `verdict`, `outcome`,
 * `conformance` (where it was asked for) and the sums (`forward_bytes`, …); how connections, pods and round trips are counted differs, and stands here.
 */
export interface ConversationSource {
  readonly table: "connections" | "edges_1m" | "edges_1h";
  readonly windowSeconds: number;
  readonly range: AlignedRange;
  /** SQL of a SELECT: rows of the range that fit the filter. */
  readonly rows: string;
  readonly parameters: QueryParameters;
  /** SQL aggregate: how many connections, of rows that meet a condition. */
  readonly connectionsIf: (condition: string) => string;
  /** SQL aggregate: state of the distinct pods at an end; `uniqCombined64Merge(12)` reads it. */
  readonly podsState: (end: "client" | "server") => string;
  /** SQL aggregate: p50, p95, p99 of the TCP handshakes, microseconds; NaN where there were none. */
  readonly handshakeQuantiles: string;
}

/** What every source has, whatever the filter. */
const COLUMNS = [
  ...["client", "server"].flatMap((end) =>
    ["kind", "namespace", "workload_kind", "workload", "pod", "node"].map((field) => `${end}_${field}`),
  ),
  "service_namespace",
  "service_name",
  "protocol",
  "port",
  "scope",
  "verdict",
  "outcome",
  "handshake_us",
  ...["forward", "reply"].flatMap((direction) =>
    ["packets", "bytes", "payload_bytes", "retransmitted_bytes"].map((counter) => `${direction}_${counter}`),
  ),
];

const CONNECTIONS_SPAN_MS = 6 * 3_600_000;
const MINUTES_SPAN_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;

/** Length of the windows of `connections`, seconds. */
export const WINDOW_SECONDS = 10;

type TableChoice = Pick<ConversationSource, "table" | "windowSeconds">;

function chooseTable(
  range: TimeRange,
  filter: ConnectionFilter,
  nowMs: number,
  retention: RetentionSettings,
): TableChoice {
  const spanMs = range.to - range.from;
  const keptFor = (days: number | null) => days === null || range.from >= nowMs - days * DAY_MS;
  if (needsConnections(filter) || (spanMs <= CONNECTIONS_SPAN_MS && keptFor(retention.connectionsDays)))
    return { table: "connections", windowSeconds: WINDOW_SECONDS };
  return spanMs <= MINUTES_SPAN_MS && keptFor(retention.edgesByMinuteDays)
    ? { table: "edges_1m", windowSeconds: 60 }
    : { table: "edges_1h", windowSeconds: 3600 };
}

/** @param withConformance it asks for more than all the rest, so that only who shows it should. */
export function conversationSource(
  range: TimeRange,
  filter: ConnectionFilter,
  nowMs: number,
  retention: RetentionSettings,
  withConformance = false,
): ConversationSource {
  const { table, windowSeconds } = chooseTable(range, filter, nowMs, retention);
  const aligned = alignRange(range, windowSeconds);
  const { condition, columns, parameters } = filterSql(filter);
  if (table === "connections") {
    return {
      table,
      windowSeconds,
      range: aligned,
      rows: `SELECT * FROM (${resolvedConnections([...COLUMNS, ...columns, ...(withConformance ? ["conformance"] : [])])}) WHERE ${condition}`,
      parameters: { ...parameters, ...resolvedParameters(aligned, nowMs) },
      connectionsIf: (which) => `countIf(${which})`,
      podsState: (end) =>
        `uniqCombined64StateIf(12)(cityHash64(${end}_namespace, ${end}_pod), ${end}_pod != '')`,
      handshakeQuantiles: "quantilesTDigestIf(0.5, 0.95, 0.99)(handshake_us, handshake_us >= 0)",
    };
  }
  return {
    table,
    windowSeconds,
    range: aligned,
    rows: `SELECT * FROM (SELECT *, ${SCOPE} AS scope, ${edgeConformanceSql("verdict", "outcome")} AS conformance
  FROM ${table} WHERE ${inRange("window_start")}) WHERE ${condition}`,
    parameters: { ...parameters, ...rangeParameters(aligned) },
    connectionsIf: (which) => `uniqCombined64MergeIf(15)(connections, ${which})`,
    podsState: (end) => `uniqCombined64MergeState(12)(${end}_pods)`,
    handshakeQuantiles: "quantilesTDigestMerge(0.5, 0.95, 0.99)(handshake)",
  };
}

/** From the one that counts most: a row of an edge knows only a window, and a later one may know better. */
const OUTCOMES = ["delivered", "dropped", "refused", "unanswered", "unknown"] as const;
const VERDICTS = ["denied", "allowed", "undetermined"] as const;
/** What was allowed at one time is not unenforced at another. */
const CONFORMANCES = [
  "allowed",
  "unenforced",
  "denied-observed",
  "denied-inferred",
  "undelivered",
  "undetermined",
] as const;

/**
 * SQL aggregates `outcome_delivered`, …, `verdict_denied`, …, `conformance_unenforced`, …: each connection counts once, under
 * the first of each that fits. The source must have been made with conformance.
 */
export function outcomeCounts(source: ConversationSource): string {
  return [
    ...countFirst(source, "outcome", OUTCOMES),
    ...countFirst(source, "verdict", VERDICTS),
    ...countFirst(source, "conformance", CONFORMANCES),
  ].join(",\n  ");
}

function countFirst(source: ConversationSource, column: string, values: readonly string[]): string[] {
  const upTo = (count: number) => {
    if (count === 0) return "0";
    const list = values.slice(0, count).map((value) => `'${value}'`);
    return `toInt64(${source.connectionsIf(`${column} IN (${list.join(", ")})`)})`;
  };
  // Large counts are estimates, and a difference of estimates may fall below zero.
  return values.map(
    (value, index) => `greatest(0, ${upTo(index + 1)} - ${upTo(index)}) AS \`${column}_${value}\``,
  );
}

type Counts<Names extends readonly string[], Prefix extends string> = Partial<
  Record<`${Prefix}_${Names[number]}`, number>
>;

/** The counts of a row as the API gives them: without zeros. */
export function outcomesOf(row: Counts<typeof OUTCOMES, "outcome">) {
  return nonZero(OUTCOMES, (name) => row[`outcome_${name}`]);
}

export function verdictsOf(row: Counts<typeof VERDICTS, "verdict">) {
  return nonZero(VERDICTS, (name) => row[`verdict_${name}`]);
}

export function conformancesOf(row: Counts<typeof CONFORMANCES, "conformance">) {
  return nonZero(CONFORMANCES, (name) => row[`conformance_${name}`]);
}

function nonZero<Name extends string>(
  names: readonly Name[],
  count: (name: Name) => number | undefined,
): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const value = count(name) ?? 0;
    if (value > 0) counts[name] = value;
  }
  return counts;
}
