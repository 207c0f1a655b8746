import {
  connectionSchema,
  type Drop,
  type DropSeries,
  type DropsAnswer,
  type DropsQuery,
  dropSourceSchema,
} from "@hopline/api";
import { z } from "zod";
import type { QueryParameters } from "../database.js";
import {
  type AlignedRange,
  alignRange,
  fillRange,
  inRange,
  rangeParameters,
  toTimeRange,
} from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { endOf, endShape } from "./end-columns.js";
import { protocolName } from "./protocol-name.js";
import type { QueryContext } from "./query-context.js";
import { HEX_ID, toVerdictRecord } from "./read-connections.js";
import { addressText } from "./resolved-connections.js";
import { serviceOf, serviceShape } from "./service-columns.js";

/** Who writes rules with such prefixes is for who knows prefixes to say. */
export type StoredDrop = Omit<Drop, "enforcer">;
export interface StoredDrops extends Omit<DropsAnswer, "drops"> {
  readonly drops: readonly StoredDrop[];
}

const MOST_SERIES = 20;
const MOST_POINTS = 120;

const count = z.coerce.number();
const policySchema = z.object({
  policy_kind: z.string(),
  policy_namespace: z.string(),
  policy_name: z.string(),
  policy_direction: z.string(),
});
const dropSchema = policySchema.extend({
  id: z.string(),
  dropped_us: count,
  node: z.string(),
  source: dropSourceSchema,
  group: count,
  prefix: z.string(),
  reason: z.string(),
  in_interface: z.string(),
  out_interface: z.string(),
  is_reply: count,
  protocol: count,
  ...endShape,
  ...serviceShape,
  verdict: connectionSchema.shape.verdict.catch("undetermined"),
  verdict_reason: z.string(),
  packets: count,
  bytes: count,
  packet: z.string(),
});
type Row = z.output<typeof dropSchema>;

const totalSchema = z.object({ total: count, packets: count, connections: count });
const seriesSchema = policySchema.extend({
  source: dropSourceSchema,
  series_prefix: z.string(),
  series_reason: z.string(),
  series_packets: count,
  connections: count,
  steps: z.array(z.tuple([count, count])),
});

/** The rows under the names that filters ask for. */
const ROWS = `(SELECT *, server_port AS port, original_server_port AS dialled_port,
  ${addressText("client_address")} AS client_address_text, ${addressText("server_address")} AS server_address_text,
  ${addressText("original_server_address")} AS dialled_address_text
FROM drops WHERE ${inRange("window_start")})`;
/** Connections whose packets were dropped: nobody knows whose the kernel's counts are. */
const CONNECTIONS = "uniqExactIf(connection_id, connection_id != 0)";

/** What was dropped, by whom and whose it was. */
export async function drops({ database, nowMs }: QueryContext, query: DropsQuery): Promise<StoredDrops> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const { condition, parameters } = conditionOf(query);
  const asked = { ...rangeParameters(range), ...parameters };
  const columns = Object.keys(dropSchema.shape).filter((name) => name !== "id");
  const rows = await database.query(
    "drops",
    dropSchema,
    `SELECT ${HEX_ID} AS id, ${columns.join(", ")} FROM ${ROWS} WHERE ${condition}
ORDER BY dropped_us DESC, id, prefix LIMIT {limit:UInt32}`,
    { ...asked, limit: query.limit },
  );
  const [all] = await database.query(
    "drops in all",
    totalSchema,
    `SELECT count() AS total, sum(packets) AS packets, ${CONNECTIONS} AS connections FROM ${ROWS} WHERE ${condition}`,
    asked,
  );
  const stepSeconds = stepFor(range);
  const series = await database.query(
    "drops over time",
    seriesSchema,
    seriesSql(condition, stepSeconds),
    asked,
  );
  const times = Array.from(
    { length: Math.ceil((range.to - range.from) / stepSeconds) },
    (_, step) => (range.from + step * stepSeconds) * 1000,
  );
  return {
    range: toTimeRange(range),
    drops: rows.map(toDrop),
    total: all?.total ?? 0,
    packets: all?.packets ?? 0,
    connections: all?.connections ?? 0,
    stepSeconds,
    times,
    series: series.map((row) => toSeries(row, times.length)),
  };
}

function stepFor({ from, to }: AlignedRange): number {
  return Math.max(1, Math.ceil((to - from) / MOST_POINTS / WINDOW_SECONDS)) * WINDOW_SECONDS;
}

/** A policy is one line whatever its rules are called; what names none is told apart by prefix and reason. */
function seriesSql(condition: string, stepSeconds: number): string {
  const key =
    "source, policy_kind, policy_namespace, policy_name, policy_direction, series_prefix, series_reason";
  return `SELECT ${key}, sum(packets) AS series_packets, ${CONNECTIONS} AS connections,
  CAST(sumMap(map(intDiv(toUInt32(window_start) - {from:UInt32}, ${stepSeconds}), packets)), 'Array(Tuple(UInt32, UInt64))') AS steps
FROM (SELECT *, if(policy_name = '', prefix, '') AS series_prefix, if(policy_name = '', reason, '') AS series_reason FROM ${ROWS})
WHERE ${condition}
GROUP BY ${key} ORDER BY series_packets DESC, ${key} LIMIT ${MOST_SERIES}`;
}

function conditionOf(query: DropsQuery): { condition: string; parameters: QueryParameters } {
  const { entity, client, server, protocol, port } = query;
  const ends = filterSql({ entity, client, server, protocol, port });
  const conditions = [ends.condition];
  const parameters: Record<string, QueryParameters[string]> = { ...ends.parameters };
  if (query.namespace !== undefined && query.namespace.length > 0) {
    conditions.push(
      "hasAny([client_namespace, server_namespace, policy_namespace], {d_namespaces:Array(String)})",
    );
    parameters.d_namespaces = query.namespace;
  }
  if (query.node !== undefined) {
    conditions.push("node = {d_node:String}");
    parameters.d_node = query.node;
  }
  if (query.policy !== undefined) {
    conditions.push(
      "policy_name != '' AND if(policy_namespace = '', policy_name, concat(policy_namespace, '/', policy_name)) = {d_policy:String}",
    );
    parameters.d_policy = query.policy;
  }
  if (query.connection !== undefined) {
    conditions.push("connection_id = {d_connection:UInt64}");
    parameters.d_connection = BigInt(`0x${query.connection}`);
  }
  if (query.source !== undefined && query.source.length > 0) {
    conditions.push("source IN {d_sources:Array(String)}");
    parameters.d_sources = query.source;
  }
  return { condition: conditions.map((one) => `(${one})`).join(" AND "), parameters };
}

function toDrop(row: Row): StoredDrop {
  const isKnown = row.protocol !== 0;
  return {
    droppedAt: row.dropped_us / 1000,
    node: row.node,
    source: row.source,
    group: row.source === "nflog" ? row.group : null,
    prefix: row.prefix,
    reason: row.reason,
    policy: policyOf(row),
    inInterface: row.in_interface,
    outInterface: row.out_interface,
    isReply: row.is_reply === 1,
    connection: isKnown ? row.id : null,
    protocol: isKnown ? protocolName(row.protocol) : null,
    client: isKnown ? endOf(row, "client") : null,
    server: isKnown ? endOf(row, "server") : null,
    service: serviceOf(row),
    verdict: row.verdict,
    verdictBy: toVerdictRecord(row.verdict_reason),
    packets: row.packets,
    bytes: row.bytes,
    packet: row.packet,
  };
}

function policyOf(row: z.output<typeof policySchema>): Drop["policy"] {
  if (row.policy_name === "") return null;
  const direction = row.policy_direction;
  return {
    kind: row.policy_kind,
    namespace: row.policy_namespace,
    name: row.policy_name,
    direction: direction === "ingress" || direction === "egress" ? direction : null,
  };
}

function toSeries(row: z.output<typeof seriesSchema>, length: number): DropSeries {
  const points = new Array<number>(length).fill(0);
  for (const [step, packets] of row.steps) points[step] = packets;
  return {
    source: row.source,
    policy: policyOf(row),
    prefix: row.series_prefix,
    reason: row.series_reason,
    packets: row.series_packets,
    connections: row.connections,
    points,
  };
}
