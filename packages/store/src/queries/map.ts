import {
  entityKindSchema,
  type MapAnswer,
  type MapEdge,
  type MapNode,
  type MapQuery,
  parseEntityId,
} from "@hopline/api";
import { z } from "zod";
import { type AlignedRange, fillRange, toTimeRange } from "./aligned-range.js";
import {
  type ConversationSource,
  conformancesOf,
  conversationSource,
  outcomeCounts,
  outcomesOf,
  verdictsOf,
} from "./conversation-source.js";
import { protocolName } from "./protocol-name.js";
import type { QueryContext } from "./query-context.js";

/** Ports of one edge in an answer; the busiest. */
const PORTS_AN_EDGE = 20;

/** Who talked to whom: the busiest nodes, and the busiest edges among them. */
export async function map(context: QueryContext, query: MapQuery): Promise<MapAnswer> {
  const range = fillRange(query, context.nowMs);
  const source = conversationSource(range, query, context.nowMs, context.retention);
  const judged = conversationSource(range, query, context.nowMs, context.retention, true);
  const collapse = query.collapse ?? [];
  const overview = await readNodes(context, source, collapse, query.maxNodes);
  const edges =
    overview.nodes.length === 0
      ? []
      : await readEdges(context, judged, collapse, overview.nodes, query.maxEdges);
  return {
    range: toTimeRange(source.range),
    nodes: overview.nodes,
    edges,
    totalNodes: overview.totalNodes,
    totalEdges: overview.totalEdges,
    namespaces: overview.namespaces.sort(),
  };
}

/** SQL: `entityId` of packages/api for an end of a row, or `namespace:NAME` where the namespace is collapsed. */
function nodeId(end: "client" | "server"): string {
  return `multiIf(
    ${end}_namespace IN {collapse:Array(String)}, concat('namespace:', ${end}_namespace),
    ${end}_kind = 'workload', concat('workload:', ${end}_namespace, '/', ${end}_workload_kind, '/', ${end}_workload),
    ${end}_kind = 'service', concat('service:', ${end}_namespace, '/', ${end}_workload),
    concat(${end}_kind, ':', ${end}_workload))`;
}

const overviewSchema = z.object({
  total_nodes: z.coerce.number(),
  total_edges: z.coerce.number(),
  namespaces: z.array(z.string()),
  nodes: z.array(
    z.object({
      id: z.string(),
      bytes_in: z.coerce.number(),
      bytes_out: z.coerce.number(),
      pods: z.coerce.number(),
    }),
  ),
});

async function readNodes(
  { database }: QueryContext,
  source: ConversationSource,
  collapse: readonly string[],
  maxNodes: number,
) {
  // An end's namespaces ride along, so that collapsed and dropped nodes still name theirs.
  const rows = await database.query(
    "the map's nodes",
    overviewSchema,
    `SELECT count() AS total_nodes, any(total_edges) AS total_edges,
  arrayFilter(name -> name != '', groupUniqArrayArray(namespaces)) AS namespaces,
  arraySlice(arrayReverseSort(node -> (node.2 + node.3, node.1), groupArray((id, bytes_in, bytes_out, pods))),
    1, {max_nodes:UInt32})::Array(Tuple(id String, bytes_in UInt64, bytes_out UInt64, pods UInt64)) AS nodes
FROM (
  SELECT side.1 AS id, sum(side.2) AS bytes_in, sum(side.3) AS bytes_out,
    uniqCombined64Merge(12)(side.4) AS pods, groupUniqArray(side.5) AS namespaces, any(edges) AS total_edges
  FROM (
    SELECT ${nodeId("client")} AS client, ${nodeId("server")} AS server,
      any(client_namespace) AS one_client_namespace, any(server_namespace) AS one_server_namespace,
      sum(forward_bytes) AS forward, sum(reply_bytes) AS reply,
      ${source.podsState("client")} AS pods_of_client, ${source.podsState("server")} AS pods_of_server,
      count() OVER () AS edges
    FROM (${source.rows})
    GROUP BY client, server
  )
  ARRAY JOIN [(client, reply, forward, pods_of_client, one_client_namespace),
    (server, forward, reply, pods_of_server, one_server_namespace)] AS side
  GROUP BY id
)`,
    { ...source.parameters, collapse, max_nodes: maxNodes },
  );
  const [row] = rows;
  return {
    totalNodes: row?.total_nodes ?? 0,
    totalEdges: row?.total_edges ?? 0,
    namespaces: row?.namespaces ?? [],
    nodes: (row?.nodes ?? []).map(
      (node): MapNode => ({
        id: node.id,
        ...entityOfNode(node.id),
        pods: node.pods,
        bytesIn: node.bytes_in,
        bytesOut: node.bytes_out,
      }),
    ),
  };
}

function entityOfNode(id: string): Pick<MapNode, "entity" | "collapsed"> {
  const namespace = /^namespace:(.*)$/.exec(id)?.[1];
  if (namespace !== undefined)
    return { entity: { kind: "workload", namespace, workloadKind: "", name: namespace }, collapsed: true };
  const entity = parseEntityId(id);
  if (entity !== undefined) return { entity, collapsed: false };
  // A name that the collector left empty, or one with a slash: shown as it is.
  const [kind = "", ...rest] = id.split(":");
  const known = entityKindSchema.safeParse(kind);
  return {
    entity: {
      kind: known.success ? known.data : "unknown",
      namespace: "",
      workloadKind: "",
      name: rest.join(":"),
    },
    collapsed: false,
  };
}

const count = z.coerce.number();
const edgeRowSchema = z.object({
  client: z.string(),
  server: z.string(),
  is_edge: count,
  protocol: count,
  port: count,
  service: z.string(),
  connection_count: count,
  forward_bytes: count,
  reply_bytes: count,
  forward_payload_bytes: count,
  reply_payload_bytes: count,
  packets: count,
  retransmitted_bytes: count,
  handshake_p50_us: z.number().nullable(),
  cross_node: count,
  outcome_delivered: count,
  outcome_refused: count,
  outcome_dropped: count,
  outcome_unanswered: count,
  outcome_unknown: count,
  verdict_denied: count,
  verdict_allowed: count,
  verdict_undetermined: count,
  conformance_allowed: count,
  "conformance_denied-observed": count,
  "conformance_denied-inferred": count,
  conformance_unenforced: count,
  conformance_undelivered: count,
  conformance_undetermined: count,
});
type EdgeRow = z.output<typeof edgeRowSchema>;

/** One pass gives both the edges and, for each, the ways of talking on it: they share everything but the grouping. */
async function readEdges(
  { database, nowMs }: QueryContext,
  source: ConversationSource,
  collapse: readonly string[],
  nodes: readonly MapNode[],
  maxEdges: number,
): Promise<MapEdge[]> {
  const rows = await database.query(
    "the map's edges",
    edgeRowSchema,
    `SELECT client, server, grouping(protocol) AS is_edge, protocol, port, service,
  ${source.connectionsIf("1")} AS connection_count,
  sum(forward_bytes) AS forward_bytes, sum(reply_bytes) AS reply_bytes,
  sum(forward_payload_bytes) AS forward_payload_bytes, sum(reply_payload_bytes) AS reply_payload_bytes,
  sum(forward_packets) + sum(reply_packets) AS packets,
  sum(forward_retransmitted_bytes) + sum(reply_retransmitted_bytes) AS retransmitted_bytes,
  ${source.handshakeQuantiles}[1] AS handshake_p50_us,
  max(scope = 'cross-node') AS cross_node,
  ${outcomeCounts(source)}
FROM (
  SELECT *, ${nodeId("client")} AS client, ${nodeId("server")} AS server,
    if(service_name = '', '', concat(service_namespace, '/', service_name)) AS service
  FROM (${source.rows})
  WHERE client IN {nodes:Array(String)} AND server IN {nodes:Array(String)}
)
GROUP BY GROUPING SETS ((client, server), (client, server, protocol, port, service))
ORDER BY is_edge DESC, forward_bytes + reply_bytes DESC, client, server, protocol, port, service
LIMIT ${PORTS_AN_EDGE} BY client, server, is_edge`,
    { ...source.parameters, collapse, nodes: nodes.map((node) => node.id) },
  );
  const seconds = secondsUntilNow(source.range, nowMs);
  const shown = rows.filter((row) => row.is_edge === 1).slice(0, maxEdges);
  const portsOf = new Map<string, EdgeRow[]>(shown.map((row) => [edgeId(row), []]));
  for (const row of rows) if (row.is_edge === 0) portsOf.get(edgeId(row))?.push(row);
  return shown.map((row) => toEdge(row, portsOf.get(edgeId(row)) ?? [], seconds));
}

function edgeId(row: EdgeRow): string {
  return `${row.client}>${row.server}`;
}

/** The end of the range may lie in the future, where its last window does. */
function secondsUntilNow(range: AlignedRange, nowMs: number): number {
  return Math.max(1, Math.min(range.to, nowMs / 1000) - range.from);
}

function toEdge(row: EdgeRow, ports: readonly EdgeRow[], seconds: number): MapEdge {
  return {
    id: edgeId(row),
    client: row.client,
    server: row.server,
    ports: ports.map((port) => ({
      protocol: protocolName(port.protocol),
      port: port.port,
      service: port.service,
      connections: port.connection_count,
      bytes: port.forward_bytes + port.reply_bytes,
    })),
    connections: row.connection_count,
    forwardBytes: row.forward_bytes,
    replyBytes: row.reply_bytes,
    forwardPayloadBytes: row.forward_payload_bytes,
    replyPayloadBytes: row.reply_payload_bytes,
    packets: row.packets,
    retransmittedBytes: row.retransmitted_bytes,
    bytesPerSecond: (row.forward_bytes + row.reply_bytes) / seconds,
    outcomes: outcomesOf(row),
    verdicts: verdictsOf(row),
    conformances: conformancesOf(row),
    handshakeP50Us: row.handshake_p50_us,
    crossNode: row.cross_node === 1,
  };
}
