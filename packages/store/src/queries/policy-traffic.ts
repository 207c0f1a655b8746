import type { Entity, TimeRange } from "@hopline/api";
import { z } from "zod";
import { type AskedRange, alignRange, fillRange, inRange, toTimeRange } from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { placedEntityOf, placedEntityShape } from "./end-columns.js";
import type { QueryContext } from "./query-context.js";
import { addressText, resolvedConnections, resolvedParameters } from "./resolved-connections.js";

export interface PolicyTrafficEnd {
  readonly entity: Entity;
  /** Empty where it is no pod. */
  readonly pod: string;
  readonly node: string;
  readonly address: string;
}

/** Connections of one client's address to one server's address and port, by way of the same Service. */
export interface PolicyTrafficRow {
  readonly client: PolicyTrafficEnd;
  readonly server: PolicyTrafficEnd;
  readonly service: { readonly namespace: string; readonly name: string } | null;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
  /** Where it is not the server's address. */
  readonly dialledAddress: string | null;
  /** What the server saw as the client's address, where that was translated and its hops are still kept. */
  readonly seenClientAddress: string | null;
  readonly connections: number;
  /** Refused, dropped, or without an answer where one was due. */
  readonly failed: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface PolicyTraffic {
  readonly range: TimeRange;
  readonly rows: readonly PolicyTrafficRow[];
  /** Rows beyond the limit. */
  readonly leftOutRows: number;
}

export interface PolicyTrafficQuery extends AskedRange {
  /** Either end in one of these. */
  readonly namespace?: readonly string[] | undefined;
  /** Rows at most, those of the most connections. */
  readonly limit: number;
}

const END_FIELDS = ["kind", "namespace", "workload_kind", "workload", "pod", "node", "address_text"];
const KEY = [
  ...["client", "server"].flatMap((end) => END_FIELDS.map((field) => `${end}_${field}`)),
  "service_namespace",
  "service_name",
  "protocol",
  "port",
  "dialled_address_text",
];

const count = z.coerce.number();
const rowSchema = z.object({
  ...placedEntityShape,
  service_namespace: z.string(),
  service_name: z.string(),
  protocol: count,
  port: count,
  dialled_address_text: z.string(),
  seen_address_text: z.string(),
  connections: count,
  failed: count,
  first_us: count,
  last_us: count,
  all_rows: count,
});

/**
 * SQL: what came to nothing. An answer is due to every handshake; to a datagram there need be none.
 */
const FAILED = "outcome IN ('refused', 'dropped') OR (outcome = 'unanswered' AND protocol != 17)";

/** Who talked to whom, pod by pod, port by port: what policies can be tried on. */
export async function policyTraffic(
  { database, nowMs }: QueryContext,
  query: PolicyTrafficQuery,
): Promise<PolicyTraffic> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const { condition, columns, parameters } = filterSql({
    namespace: query.namespace === undefined ? undefined : [...query.namespace],
  });
  const resolved = resolvedConnections([...KEY, "outcome", "first_seen_us", "last_seen_us", ...columns]);
  const rows = await database.query(
    "traffic for policies",
    rowSchema,
    `SELECT ${KEY.join(", ")}, ${addressText("s.seen_address")} AS seen_address_text,
  count() AS connections, countIf(${FAILED}) AS failed,
  min(first_seen_us) AS first_us, max(last_seen_us) AS last_us, count() OVER () AS all_rows
FROM (SELECT * FROM (${resolved}) WHERE ${condition}) AS r
LEFT JOIN (
  SELECT h.connection_id AS connection_id, any(h.client_address) AS seen_address
  FROM hops AS h
  WHERE ${inRange("h.window_start")} AND h.translation IN ('snat', 'dnat+snat') AND h.server_pod != ''
    AND h.client_address != h.original_client_address
  GROUP BY connection_id
) AS s ON r.connection_id = s.connection_id
GROUP BY ${KEY.join(", ")}, seen_address_text
ORDER BY connections DESC, ${KEY.join(", ")}, seen_address_text
LIMIT {limit:UInt32}`,
    { ...parameters, ...resolvedParameters(range, nowMs), limit: query.limit },
  );
  return {
    range: toTimeRange(range),
    rows: rows.map(toTrafficRow),
    leftOutRows: Math.max(0, (rows[0]?.all_rows ?? 0) - rows.length),
  };
}

function toTrafficRow(row: z.output<typeof rowSchema>): PolicyTrafficRow {
  const server = placedEntityOf(row, "server");
  const dialled = row.dialled_address_text;
  return {
    client: placedEntityOf(row, "client"),
    server,
    service: row.service_name === "" ? null : { namespace: row.service_namespace, name: row.service_name },
    protocol: row.protocol,
    port: row.port,
    dialledAddress: isNone(dialled) || dialled === server.address ? null : dialled,
    seenClientAddress: isNone(row.seen_address_text) ? null : row.seen_address_text,
    connections: row.connections,
    failed: row.failed,
    firstSeenMs: Math.floor(row.first_us / 1000),
    lastSeenMs: Math.floor(row.last_us / 1000),
  };
}

/** The unspecified address stands for none. */
function isNone(address: string): boolean {
  return address === "" || address === "::";
}
