import {
  AUDIT_POLICIES,
  type AuditCounts,
  type AuditPolicy,
  type AuditRow,
  type AuditScope,
  auditPolicySchema,
} from "@hopline/api";
import { z } from "zod";
import type { QueryParameters } from "../database.js";
import { type AlignedRange, inRange } from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { edgeShape, entityOf } from "./end-columns.js";
import { protocolName } from "./protocol-name.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

const REASONS = 5;
const EVIDENCE = 10;
/** Between the parts of a policy's key: in no Kubernetes name. */
const SEPARATOR = "\\x1f";

/** What a row is one of; in this order rows are sorted by name. */
const KEY = [
  ...["client", "server"].flatMap((end) =>
    ["namespace", "workload", "workload_kind", "kind"].map((field) => `${end}_${field}`),
  ),
  "service_namespace",
  "service_name",
  "protocol",
  "port",
];
const NAME_ORDER = KEY.join(", ");

/** Column of a row's counts, and the word of packages/api's conformance that it counts. */
const COUNTED = {
  allowed: "allowed",
  denied_observed: "denied-observed",
  denied_inferred: "denied-inferred",
  unenforced: "unenforced",
  undelivered: "undelivered",
  undetermined: "undetermined",
} as const;
export const COUNT_COLUMNS = ["connections", ...Object.keys(COUNTED)];

const ORDERS: Readonly<Record<AuditScope["sort"], string>> = {
  concern: `unenforced DESC, denied_observed + denied_inferred DESC, undelivered DESC, undetermined DESC, connections DESC, ${NAME_ORDER}`,
  connections: `connections DESC, ${NAME_ORDER}`,
  lastSeen: `last_us DESC, ${NAME_ORDER}`,
  name: NAME_ORDER,
};

/** SQL: the policies that decided for one direction, each as text; none where nothing was judged. */
const decidersOf = (direction: string) =>
  `arrayMap(p -> concat('${direction}${SEPARATOR}', JSONExtractString(verdict_reason, '${direction}', 'verdict'),
      '${SEPARATOR}', p.kind, '${SEPARATOR}', p.namespace, '${SEPARATOR}', p.name, '${SEPARATOR}', p.version),
    JSONExtract(verdict_reason, '${direction}', 'policies', 'Array(Tuple(kind String, namespace String, name String, version String))'))`;

/** SQL: why a connection is undetermined: the doubt of its verdict, or what was not seen of it. */
const REASON = `multiIf(
    verdict_changed, 'policy changed while it lasted',
    verdict = 'denied', 'denied, and not known whether it was dropped',
    verdict = 'allowed', 'allowed, and not known what became of it',
    JSONExtractString(verdict_reason, 'doubt') != '', JSONExtractString(verdict_reason, 'doubt'),
    verdict_reason = '' OR startsWith(verdict_reason, '{'), 'not judged',
    verdict_reason)`;

export interface AuditSql {
  /** Of a SELECT: one row for each {@link KEY}, in no order. */
  readonly rows: string;
  readonly order: string;
  readonly parameters: QueryParameters;
}

/** Exact counts of distinct connections over `connections`, with what was kept of their drops. */
export function auditSql(scope: AuditScope, range: AlignedRange, nowMs: number): AuditSql {
  const filter = filterSql(scope);
  const pod = podSql(scope.pod);
  const columns = new Set([
    ...KEY,
    "verdict",
    "verdict_changed",
    "verdict_reason",
    "conformance",
    "first_seen_us",
    "last_seen_us",
    ...filter.columns,
    ...pod.columns,
  ]);
  const counts = Object.entries(COUNTED).map(
    ([column, word]) => `sumIf(of_connections, conformance = '${word}') AS ${column}`,
  );
  const best = (list: string, limit: number) =>
    `arraySlice(arraySort(one -> (-toInt64(one.2), one.1), arrayZip(${list}.1, ${list}.2)), 1, ${limit})`;
  return {
    order: ORDERS[scope.sort],
    parameters: { ...filter.parameters, ...pod.parameters, ...resolvedParameters(range, nowMs) },
    rows: `SELECT ${KEY.join(", ")},
  sum(of_connections) AS connections,
  ${counts.join(",\n  ")},
  sumMapIf([reason], [of_connections], conformance = 'undetermined') AS reason_counts,
  ${best("reason_counts", REASONS)} AS reasons,
  sumMap(deciders, arrayMap(decider -> of_connections, deciders)) AS decider_counts,
  arraySlice(arraySort(one -> (splitByChar('${SEPARATOR}', one.1)[2] != 'denied', -toInt64(one.2), one.1),
    arrayZip(decider_counts.1, decider_counts.2)), 1, ${AUDIT_POLICIES}) AS policies,
  min(of_first_us) AS first_us, max(of_last_us) AS last_us,
  sum(of_drops) AS drops, sum(of_packets) AS dropped_packets,
  arraySort(groupUniqArrayArray(of_nodes)) AS drop_nodes,
  arraySlice(arraySort(groupUniqArrayArray(of_by)), 1, ${EVIDENCE}) AS drop_by
FROM (
  SELECT ${KEY.join(", ")}, conformance, ${REASON} AS reason,
    arrayDistinct(arrayConcat(${decidersOf("egress")}, ${decidersOf("ingress")})) AS deciders,
    count() AS of_connections, min(first_seen_us) AS of_first_us, max(last_seen_us) AS of_last_us,
    sum(d.drops) AS of_drops, sum(d.packets) AS of_packets,
    groupUniqArrayArray(d.nodes) AS of_nodes, groupUniqArrayArray(d.said_by) AS of_by
  FROM (
    SELECT * FROM (${resolvedConnections(columns)})
    WHERE (${filter.condition}) AND (${pod.condition})
  ) AS r
  LEFT JOIN (
    SELECT e.connection_id AS connection_id, count() AS drops, sum(e.packets) AS packets,
      groupUniqArray(toString(e.node)) AS nodes,
      groupUniqArray(if(e.prefix != '', e.prefix, concat(e.source, if(e.reason = '', '', ': '), e.reason))) AS said_by
    FROM drops AS e WHERE ${inRange("e.window_start")}
    GROUP BY connection_id
  ) AS d ON r.connection_id = d.connection_id
  GROUP BY ${KEY.join(", ")}, conformance, verdict, verdict_changed, verdict_reason
)
GROUP BY ${KEY.join(", ")}`,
  };
}

function podSql(
  pod: string | undefined,
): Pick<ReturnType<typeof filterSql>, "condition" | "columns" | "parameters"> {
  if (pod === undefined) return { condition: "1", columns: new Set(), parameters: {} };
  const ends = ["client", "server"];
  const named = (end: string) =>
    pod.includes("/") ? `concat(${end}_namespace, '/', ${end}_pod)` : `${end}_pod`;
  return {
    condition: ends.map((end) => `${named(end)} = {a_pod:String}`).join(" OR "),
    columns: new Set(ends.flatMap((end) => [`${end}_namespace`, `${end}_pod`])),
    parameters: { a_pod: pod },
  };
}

const count = z.coerce.number();
const pairsSchema = z.array(z.tuple([z.string(), count]));
export const auditRowSqlSchema = z.object({
  ...edgeShape,
  connections: count,
  allowed: count,
  denied_observed: count,
  denied_inferred: count,
  unenforced: count,
  undelivered: count,
  undetermined: count,
  reasons: pairsSchema,
  policies: pairsSchema,
  first_us: count,
  last_us: count,
  drops: count,
  dropped_packets: count,
  drop_nodes: z.array(z.string()),
  drop_by: z.array(z.string()),
});
type Row = z.output<typeof auditRowSqlSchema>;

/** What {@link toAuditRow} takes, of rows of {@link auditSql}. */
export const AUDIT_ROW_COLUMNS = Object.keys(auditRowSqlSchema.shape).join(", ");

export function toAuditRow(row: Row): AuditRow {
  return {
    client: entityOf(row, "client"),
    server: entityOf(row, "server"),
    service: row.service_name === "" ? null : { namespace: row.service_namespace, name: row.service_name },
    protocol: protocolName(row.protocol),
    protocolNumber: row.protocol,
    port: row.port,
    connections: row.connections,
    allowed: row.allowed,
    deniedObserved: row.denied_observed,
    deniedInferred: row.denied_inferred,
    unenforced: row.unenforced,
    undelivered: row.undelivered,
    undetermined: row.undetermined,
    reasons: row.reasons.map(([reason, connections]) => ({ reason, connections })),
    policies: row.policies.flatMap(toPolicy),
    firstSeen: Math.floor(row.first_us / 1000),
    lastSeen: Math.floor(row.last_us / 1000),
    evidence: {
      drops: row.drops,
      packets: row.dropped_packets,
      nodes: row.drop_nodes,
      by: row.drop_by,
    },
  };
}

/** @param sums in the order of {@link COUNT_COLUMNS}; none of nothing. */
export function toAuditCounts(sums: readonly number[]): AuditCounts {
  const [
    connections = 0,
    allowed = 0,
    deniedObserved = 0,
    deniedInferred = 0,
    unenforced = 0,
    undelivered = 0,
    undetermined = 0,
  ] = sums;
  return {
    ...{ connections, allowed, deniedObserved, deniedInferred },
    ...{ unenforced, undelivered, undetermined },
  };
}

function toPolicy([key, connections]: [string, number]): AuditPolicy[] {
  const [direction, verdict, kind, namespace, name, version] = key.split("\x1f");
  const policy = auditPolicySchema.safeParse({
    ...{ direction, verdict, kind, namespace, name, version, connections },
  });
  return policy.success ? [policy.data] : [];
}
