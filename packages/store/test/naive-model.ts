import {
  type Connection,
  type ConnectionFilter,
  type Entity,
  entityId,
  type MapAnswer,
  type MapEdge,
} from "@hopline/api";
import type { TrueConnection } from "./random-traffic.js";
import type { StoredHop } from "./stored-rows.js";

/**
 * What the store should answer, worked out row by row in plain loops over the truth behind generated traffic: slow, and
 * sharing nothing with the SQL.
 */
export function naiveConnections(
  traffic: readonly TrueConnection[],
  range: { from: number; to: number },
  nowMs: number,
): Connection[] {
  const answer: Connection[] = [];
  for (const connection of traffic) {
    const rows = connection.rows.filter(
      (row) => row.window_start * 1000 >= range.from && row.window_start * 1000 < range.to,
    );
    if (rows.length > 0) answer.push(naiveConnection(connection, rows, Math.min(nowMs, range.to)));
  }
  return answer;
}

const PROTOCOLS: Readonly<Record<number, Connection["protocol"]>> = {
  1: "icmp",
  6: "tcp",
  17: "udp",
  58: "icmpv6",
  132: "sctp",
};

function naiveConnection(truth: TrueConnection, rows: readonly StoredHop[], seenUntilMs: number): Connection {
  const firstUs = Math.min(...rows.map((row) => row.first_seen_us));
  const handshakes = rows.filter((row) => row.is_reply === 0 && row.handshake_us >= 0);
  return {
    id: truth.id.toString(16).padStart(16, "0"),
    protocol: PROTOCOLS[truth.protocol] ?? "other",
    client: truth.client,
    server: truth.server,
    service: truth.service,
    translation: truth.translation,
    scope: naiveScope(truth),
    firstSeen: Math.floor(firstUs / 1000),
    lastSeen: Math.floor(Math.max(...rows.map((row) => row.last_seen_us)) / 1000),
    forward: naiveCounters(rows, 0),
    reply: naiveCounters(rows, 1),
    handshakeUs: handshakes.length === 0 ? null : Math.max(...handshakes.map((row) => row.handshake_us)),
    icmpError: naiveIcmpError(rows),
    verdict: "undetermined",
    verdictBy: null,
    verdictChanged: false,
    outcome: naiveOutcome(truth.protocol, rows, seenUntilMs - firstUs / 1000),
    conformance: "undetermined",
    // Out of an interface and in again are two places; the reply passes both the other way round.
    hops: new Set(
      rows.map(({ node, interface: name, direction, is_reply: isReply }) =>
        [node, name, isReply === 1 ? 1 - direction : direction].join(" "),
      ),
    ).size,
  };
}

function naiveCounters(rows: readonly StoredHop[], isReply: number): Connection["forward"] {
  const counters = { packets: 0, bytes: 0, payloadBytes: 0, retransmittedBytes: 0, outOfOrderBytes: 0 };
  for (const row of rows) {
    if (row.reporter !== 1 || row.is_reply !== isReply) continue;
    counters.packets += row.packets;
    counters.bytes += row.bytes;
    counters.payloadBytes += row.payload_bytes;
    counters.retransmittedBytes += row.retransmitted_bytes;
    counters.outOfOrderBytes += row.out_of_order_bytes;
  }
  return counters;
}

/** Of several heard at one moment any may be told. */
function naiveIcmpError(rows: readonly StoredHop[]): Connection["icmpError"] {
  const errors = rows.filter((row) => row.icmp_errors > 0);
  const lastUs = Math.max(...errors.map((row) => row.last_seen_us));
  const last = errors.find((row) => row.last_seen_us === lastUs);
  if (last === undefined) return null;
  const { icmp_error_type: type, icmp_error_code: code, icmp_error_mtu: mtu } = last;
  return { source: last.icmp_error_source, type, code, mtu: mtu === 0 ? null : mtu };
}

function naiveScope({ client, server }: TrueConnection): Connection["scope"] {
  if (client.entity.kind === "external" || server.entity.kind === "external") return "external";
  if (client.node === "" || server.node === "") return "unknown";
  return client.node === server.node ? "same-node" : "cross-node";
}

export function naiveOutcome(
  protocol: number,
  rows: readonly StoredHop[],
  ageMs: number,
): Connection["outcome"] {
  const forward = rows.filter((row) => row.is_reply === 0);
  const replies = rows.filter((row) => row.is_reply === 1);
  const silence = ageMs >= 3000 ? "unanswered" : "unknown";
  if (protocol !== 6) return replies.length > 0 ? "delivered" : silence;
  if (replies.some((row) => row.syn_ack_packets > 0 || row.payload_bytes > 0)) return "delivered";
  const onlyResets = replies.every((row) => row.rst_packets === row.packets);
  if (forward.some((row) => row.syn_packets > 0)) {
    if (replies.some((row) => row.rst_packets > 0)) return "refused";
    return replies.length > 0 ? "unknown" : silence;
  }
  return forward.length > 0 && replies.length > 0 && !onlyResets ? "delivered" : "unknown";
}

export function naiveMatches(connection: Connection, filter: ConnectionFilter): boolean {
  const { client, server, service } = connection;
  const named = (wanted: string | undefined, ...ends: Entity[]) =>
    wanted === undefined || ends.some((entity) => entityId(entity) === wanted);
  if (
    filter.namespace !== undefined &&
    !filter.namespace.includes(client.entity.namespace) &&
    !filter.namespace.includes(server.entity.namespace)
  )
    return false;
  if (!named(filter.entity, client.entity, server.entity)) return false;
  if (!named(filter.client, client.entity) || !named(filter.server, server.entity)) return false;
  if (filter.service !== undefined && `${service?.namespace}/${service?.name}` !== filter.service)
    return false;
  if (filter.node !== undefined && client.node !== filter.node && server.node !== filter.node) return false;
  if (filter.protocol !== undefined && !filter.protocol.includes(connection.protocol)) return false;
  if (filter.port !== undefined && portOf(connection) !== filter.port) return false;
  if (filter.scope !== undefined && !filter.scope.includes(connection.scope)) return false;
  if (filter.outcome !== undefined && !filter.outcome.includes(connection.outcome)) return false;
  if (filter.q !== undefined) {
    const text = [client, server]
      .flatMap((end) => [end.entity.name, end.pod, end.node, end.address])
      .concat(service?.name ?? "", service?.address ?? "")
      .join("\n");
    if (!text.toLowerCase().includes(filter.q.toLowerCase())) return false;
  }
  return true;
}

function portOf(connection: Connection): number {
  return connection.protocol === "icmp" || connection.protocol === "icmpv6" ? 0 : connection.server.port;
}

/** The whole map, without limits: edges and nodes by id, with what can be added up. */
export function naiveMap(connections: readonly Connection[], collapse: readonly string[] = []) {
  const nodeId = (entity: Entity) =>
    collapse.includes(entity.namespace) ? `namespace:${entity.namespace}` : entityId(entity);
  const nodes = new Map<string, { bytesIn: number; bytesOut: number; pods: Set<string> }>();
  const edges = new Map<string, NaiveEdge>();
  for (const connection of connections) {
    const client = nodeId(connection.client.entity);
    const server = nodeId(connection.server.entity);
    for (const [id, end, bytesIn, bytesOut] of [
      [client, connection.client, connection.reply.bytes, connection.forward.bytes],
      [server, connection.server, connection.forward.bytes, connection.reply.bytes],
    ] as const) {
      const node = nodes.get(id) ?? { bytesIn: 0, bytesOut: 0, pods: new Set() };
      nodes.set(id, node);
      node.bytesIn += bytesIn;
      node.bytesOut += bytesOut;
      if (end.pod !== "") node.pods.add(`${end.entity.namespace}/${end.pod}`);
    }
    const id = `${client}>${server}`;
    const edge = edges.get(id) ?? emptyEdge(id, client, server);
    edges.set(id, edge);
    addToEdge(edge, connection);
  }
  return { nodes, edges };
}

export type NaiveEdge = Pick<
  MapEdge,
  | "id"
  | "client"
  | "server"
  | "connections"
  | "forwardBytes"
  | "replyBytes"
  | "forwardPayloadBytes"
  | "replyPayloadBytes"
  | "packets"
  | "retransmittedBytes"
  | "outcomes"
  | "verdicts"
  | "conformances"
  | "crossNode"
> & { ports: Map<string, { connections: number; bytes: number }> };

function emptyEdge(id: string, client: string, server: string): NaiveEdge {
  return {
    id,
    client,
    server,
    connections: 0,
    forwardBytes: 0,
    replyBytes: 0,
    forwardPayloadBytes: 0,
    replyPayloadBytes: 0,
    packets: 0,
    retransmittedBytes: 0,
    outcomes: {},
    verdicts: {},
    conformances: {},
    crossNode: false,
    ports: new Map(),
  };
}

function addToEdge(edge: NaiveEdge, { forward, reply, ...connection }: Connection): void {
  edge.connections++;
  edge.forwardBytes += forward.bytes;
  edge.replyBytes += reply.bytes;
  edge.forwardPayloadBytes += forward.payloadBytes;
  edge.replyPayloadBytes += reply.payloadBytes;
  edge.packets += forward.packets + reply.packets;
  edge.retransmittedBytes += forward.retransmittedBytes + reply.retransmittedBytes;
  edge.outcomes[connection.outcome] = (edge.outcomes[connection.outcome] ?? 0) + 1;
  edge.verdicts[connection.verdict] = (edge.verdicts[connection.verdict] ?? 0) + 1;
  edge.conformances[connection.conformance] = (edge.conformances[connection.conformance] ?? 0) + 1;
  edge.crossNode ||= connection.scope === "cross-node";
  const service =
    connection.service === null ? "" : `${connection.service.namespace}/${connection.service.name}`;
  const key = `${connection.protocol} ${portOf({ forward, reply, ...connection })} ${service}`;
  const port = edge.ports.get(key) ?? { connections: 0, bytes: 0 };
  edge.ports.set(key, port);
  port.connections++;
  port.bytes += forward.bytes + reply.bytes;
}

/** An answered edge in the shape of {@link NaiveEdge}, for comparison. */
export function comparableEdge(edge: MapAnswer["edges"][number]): NaiveEdge {
  const { ports, bytesPerSecond: _rate, handshakeP50Us: _handshake, ...rest } = edge;
  return {
    ...rest,
    ports: new Map(
      ports.map(({ protocol, port, service, connections, bytes }) => [
        `${protocol} ${port} ${service}`,
        { connections, bytes },
      ]),
    ),
  };
}
