import { conformanceSql } from "../conformance.js";
import { EVIDENCE, EVIDENCE_COLUMNS, EVIDENCE_POSITIONS, RULING } from "../conformance-evidence.js";
import {
  CONNECTION_COLUMNS,
  connectionRowsFromDrops,
  connectionRowsFromHops,
  REPORTER_COUNTERS,
  SEEN,
  VERDICTS,
} from "../connection-row.js";
import { ANSWER_PATIENCE_US, isNoticeSql, outcomeSql, TCP } from "../outcome.js";
import { type AlignedRange, inRange, rangeParameters } from "./aligned-range.js";

/** SQL: textual address, IPv4 as IPv4. */
export function addressText(column: string): string {
  return `replaceRegexpOne(toString(${column}), '^::ffff:([0-9.]+)$', '\\\\1')`;
}

/** SQL: where the two ends are, from rows with `client_kind`, `client_node`, … (packages/api, scopeSchema). */
export const SCOPE = `multiIf(
    client_kind = 'external' OR server_kind = 'external', 'external',
    client_node = '' OR server_node = '', 'unknown',
    client_node = server_node, 'same-node',
    'cross-node')`;

const best = (tuple: string, field: string) => `argMax(c.${tuple}.${field}, c.${tuple}.knowledge)`;
const bestOfEnd = (end: string) =>
  ["kind", "namespace", "workload_kind", "workload", "pod", "node"].map((field): [string, string] => [
    `${end}_${field}`,
    best(end, field),
  ]);

/** SQL condition: packets were counted at this hop. */
const counted = (hop: keyof typeof EVIDENCE, evidence = "evidence") =>
  `bitAnd(${evidence}, ${EVIDENCE[hop]}) != 0`;
const SOURCE_SENT = counted("sourceSent", "c.evidence");

const ofLastError = (field: string) => `argMax(c.icmp_error.${field}, c.icmp_error.heard_us)`;
const sums = ["forward", "reply"]
  .flatMap((direction) => REPORTER_COUNTERS.map((counter) => `${direction}_${counter}`))
  .map((column): [string, string] => [column, `sum(c.${column})`]);

/** What the windows of a connection come to, as SQL over `connections AS c`. */
const AGGREGATED: ReadonlyMap<string, string> = new Map([
  ["protocol", "any(c.protocol)"],
  ["server_address", "any(c.server_address)"],
  ["server_port", "any(c.server_port)"],
  ...bestOfEnd("client"),
  ["client_address", best("client", "address")],
  ["client_port", best("client", "port")],
  ...bestOfEnd("server"),
  ["translation", best("original", "translation")],
  ["dialled_address", best("original", "server_address")],
  ["dialled_port", best("original", "server_port")],
  ["service_namespace", best("original", "service_namespace")],
  ["service_name", best("original", "service_name")],
  ["service_port_name", best("original", "service_port_name")],
  ["verdict_reason", best("judged", "reason")],
  ["verdicts", "groupBitOr(c.verdicts)"],
  ["seen", "groupBitOr(c.seen)"],
  ["first_seen_us", "min(c.first_seen_us)"],
  ["last_seen_us", "max(c.last_seen_us)"],
  ["handshake_us", "max(c.handshake_us)"],
  ["icmp_error_us", "max(c.icmp_error.heard_us)"],
  ["icmp_error_kind", ofLastError("kind")],
  ["icmp_error_mtu", ofLastError("mtu")],
  ["icmp_error_source", ofLastError("source")],
  ["hops", "length(groupUniqArrayArray(c.places))"],
  ...sums,
  ...Object.entries(EVIDENCE_COLUMNS).map(([column, { aggregate }]): [string, string] => [
    column,
    `${aggregate}(c.${column})`,
  ]),
  ["first_sent", `minIf(c.window_start, ${SOURCE_SENT})`],
  ["last_sent", `maxIf(c.window_start, ${SOURCE_SENT})`],
]);

/** SQL of a SELECT: node and window, where the node's agent captured everything from the window's start to its end. */
const CAPTURED_WINDOWS = `SELECT w.node, w.window_start FROM completeness AS w
      WHERE ${inRange("w.window_start")} AND toUnixTimestamp64Micro(w.ingested_at) < {arrived_before_us:Int64}
      GROUP BY w.node, w.window_start
      HAVING sum(w.dropped_frames) = 0 AND max(w.sampling) <= 1 AND groupBitOr(w.agent_flags) = 0`;

/** What follows from those and from each other, and from which. */
const DERIVED: ReadonlyMap<string, { sql: string; from: readonly string[] }> = new Map([
  // ICMP has no ports; the echo identifier that stands in for them would make each ping an edge of its own.
  ["port", { sql: "if(protocol IN (1, 58), 0, server_port)", from: ["protocol", "server_port"] }],
  ["scope", { sql: SCOPE, from: ["client_kind", "server_kind", "client_node", "server_node"] }],
  ["client_address_text", { sql: addressText("client_address"), from: ["client_address"] }],
  ["server_address_text", { sql: addressText("server_address"), from: ["server_address"] }],
  ["dialled_address_text", { sql: addressText("dialled_address"), from: ["dialled_address"] }],
  [
    "icmp_error_source_text",
    {
      sql: `if(icmp_error_us = 0, '', ${addressText("icmp_error_source")})`,
      from: ["icmp_error_us", "icmp_error_source"],
    },
  ],
  [
    "outcome",
    {
      sql: outcomeSql(
        "seen",
        "protocol",
        isNoticeSql("protocol", "client_port", "server_port"),
        `first_seen_us + ${ANSWER_PATIENCE_US} <= {seen_until_us:UInt64}`,
      ),
      from: ["seen", "protocol", "client_port", "server_port", "first_seen_us"],
    },
  ],
  [
    "verdict",
    {
      sql: `multiIf(ruling = 0, 'undetermined', bitAnd(ruling, ${RULING.denied}) != 0, 'denied', 'allowed')`,
      from: ["ruling"],
    },
  ],
  ["verdict_changed", { sql: `verdicts = ${VERDICTS.allowed | VERDICTS.denied}`, from: ["verdicts"] }],
  [
    "conformance",
    {
      sql: conformanceSql({
        verdict: "verdict",
        isChanged: "verdict_changed",
        outcome: "outcome",
        hasBegun: `(protocol != ${TCP} OR bitAnd(seen, ${SEEN.syn}) != 0)`,
        wasDropped: `bitAnd(seen, ${SEEN.dropped}) != 0`,
        sourceSent: counted("sourceSent"),
        destinationSaw: counted("destinationSaw"),
        destinationAnswered: counted("destinationAnswered"),
        hasDestinationHop: `(server_pod != '' AND bitAnd(ruling, ${RULING.serverIsNoPod}) = 0)`,
        destinationCaptured: `(server_node, first_sent) IN (${CAPTURED_WINDOWS})
        AND (server_node, last_sent) IN (${CAPTURED_WINDOWS})`,
      }),
      from: [
        "verdict",
        "verdict_changed",
        "ruling",
        "outcome",
        "protocol",
        "seen",
        "evidence",
        "server_pod",
        "server_node",
        "first_sent",
        "last_sent",
      ],
    },
  ],
]);

export interface ResolvedOptions {
  /** As if no row with a stamp of {as_of:Int64} (microseconds) or later had come. */
  readonly asOf?: boolean;
  /** Only the connections in {ids:Array(UInt64)}. */
  readonly ids?: boolean;
}

/**
 * SQL of a SELECT: one row per connection with at least one packet in {from} to {to}, its windows added up, its ends
 * named by whichever row knew them best. Wants the parameters of {@link resolvedParameters}.
 *
 * @param columns beside `connection_id`, which is always there; those that they follow from may be there as well. Analysing a column costs more than reading a thousand rows
 *   of it, so only those asked for are.
 */
export function resolvedConnections(columns: Iterable<string>, options: ResolvedOptions = {}): string {
  const wanted = new Set<string>();
  const aggregated = new Set<string>();
  const want = (name: string) => {
    const derived = DERIVED.get(name);
    if (derived === undefined) aggregated.add(name);
    for (const source of derived?.from ?? [])
      if (DERIVED.has(source)) want(source);
      else aggregated.add(source);
    wanted.add(name);
  };
  for (const name of columns) if (name !== "connection_id") want(name);
  const inner = [...aggregated].map((name) => `${AGGREGATED.get(name)} AS ${name}`);
  const outer = [...wanted].map((name) => {
    const derived = DERIVED.get(name);
    return derived === undefined ? name : `${derived.sql} AS ${name}`;
  });
  return `SELECT ${["connection_id", ...outer].join(",\n  ")}
FROM (
  SELECT ${["c.connection_id AS connection_id", ...inner].join(",\n    ")}
  ${connectionRows(
    options,
    Object.keys(EVIDENCE_COLUMNS).some((column) => aggregated.has(column)),
  )}
  GROUP BY c.connection_id
)`;
}

/**
 * @param nowMs an answer that had not come by the end of the range, or by now, had not come.
 * @param asOfUs with `asOf`: the moment, microseconds.
 */
export function resolvedParameters(range: AlignedRange, nowMs: number, asOfUs?: number) {
  return {
    ...rangeParameters(range),
    seen_until_us: Math.floor(Math.min(nowMs, range.to * 1000) * 1000),
    arrived_before_us: asOfUs ?? Number.MAX_SAFE_INTEGER,
    ...(asOfUs === undefined ? {} : { as_of: asOfUs }),
  };
}

/**
 * `FROM … AS c WHERE …`: rows of `connections`. As of a moment: those of connections that have moved since are made
 * again out of the hops and drops that had arrived by then, for in `connections` old and new have become one row.
 */
function connectionRows({ asOf = false, ids = false }: ResolvedOptions, withEvidence: boolean): string {
  const chosen = (table: string) =>
    `${inRange(`${table}.window_start`)}${ids ? ` AND ${table}.connection_id IN {ids:Array(UInt64)}` : ""}`;
  if (!asOf) return `FROM connections AS c WHERE ${chosen("c")}`;
  const names = ["connection_id", "window_start", ...CONNECTION_COLUMNS.keys()];
  const evidence = withEvidence ? Object.entries(EVIDENCE_COLUMNS) : [];
  const made = [...names, ...evidence.map(([name, { sql }]) => `${sql} AS ${name}`)];
  const positions = withEvidence ? EVIDENCE_POSITIONS : [];
  const moment = "fromUnixTimestamp64Micro({as_of:Int64})";
  const moved = `SELECT m.connection_id FROM connections AS m WHERE ${chosen("m")} AND m.ingested_at >= ${moment}`;
  const before = `${chosen("h")} AND h.ingested_at < ${moment} AND h.connection_id IN (${moved})`;
  return `FROM (
    SELECT ${[...names, ...evidence.map(([name]) => name)].map((name) => `s.${name} AS ${name}`).join(", ")}
    FROM connections AS s
    WHERE ${chosen("s")} AND s.connection_id NOT IN (${moved})
    UNION ALL
    SELECT ${made.join(", ")} FROM (${connectionRowsFromHops(before, positions)})
    UNION ALL
    SELECT ${made.join(", ")} FROM (${connectionRowsFromDrops(before, positions)})
  ) AS c`;
}
