/**
 * How hop rows, and drop evidence, become one row per connection and window: the bodies of the materialized views behind
 * `connections`, and of the pages that read the past straight from `hops` and `drops`. A change here needs a migration that
 * gives the views their new bodies, and takes them over from the one that did so last.
 */

/** Where along a connection a hop's counters belong. `source` is the client's side, in both directions. */
export const POSITIONS = ["source_pod", "source_uplink", "destination_uplink", "destination_pod"] as const;
export const DIRECTIONS = ["forward", "reply"] as const;

/** What is kept side by side for each position and direction. Gap bytes may shrink again, so they are signed. */
export const POSITION_COUNTERS = {
  packets: "UInt64",
  payload_packets: "UInt64",
  payload_bytes: "UInt64",
  retransmitted_bytes: "UInt64",
  gap_bytes: "Int64",
} as const;

/** `source_pod_forward_packets`, …: the 40 columns in order, each with its counter and type. */
export const POSITION_COLUMNS = POSITIONS.flatMap((position) =>
  DIRECTIONS.flatMap((direction) =>
    Object.entries(POSITION_COUNTERS).map(([counter, type]) => ({
      name: `${position}_${direction}_${counter}`,
      position,
      isReply: direction === "reply" ? 1 : 0,
      counter,
      type,
    })),
  ),
);

/**
 * Bits of `seen`: what any hop saw of a connection. They are all that its outcome depends on (src/outcome.ts).
 */
export const SEEN = {
  forward: 1,
  reply: 2,
  syn: 4,
  synAck: 8,
  replyPayload: 16,
  replyRst: 32,
  /** A reply packet that was no RST. */
  replyOther: 64,
  /** Evidence that packets of it were dropped; from `drops`, never from a hop. */
  dropped: 128,
} as const;

/** Bits of `verdicts`: what policy said of a connection at any time. */
export const VERDICTS = { allowed: 1, denied: 2 } as const;

/** SQL: the bits of `seen` of one row of `hops AS h`. */
export const SEEN_OF_HOP = `if(h.is_reply = 0,
    if(h.packets > 0, ${SEEN.forward}, 0) + if(h.syn_packets > 0, ${SEEN.syn}, 0),
    if(h.packets > 0, ${SEEN.reply}, 0) + if(h.syn_ack_packets > 0, ${SEEN.synAck}, 0)
      + if(h.payload_bytes > 0, ${SEEN.replyPayload}, 0) + if(h.rst_packets > 0, ${SEEN.replyRst}, 0)
      + if(h.packets > h.rst_packets, ${SEEN.replyOther}, 0))`;

/** Slots of the positions, but for the direction: see {@link slotOf}. */
const AT = { source_pod: 0, source_uplink: 2, destination_uplink: 4, destination_pod: 6 } as const;

/**
 * A veth's traffic enters the node from its pod: what the client sends (and what comes back to it) runs with
 * `direction = is_reply` at the client's veth and the other way round at the server's, also where both are on one node,
 * or are one veth. Only where the direction is not known must the address behind the veth tell.
 * An uplink belongs to the end whose node it is; where both ends live there, leaving is the client's side.
 */
export const SLOT_OF_HOP = `toUInt8(multiIf(
    h.role = 'pod' AND h.direction = 2,
      if(h.attached_address IN (h.client_address, h.original_client_address), ${AT.source_pod}, ${AT.destination_pod}),
    h.role = 'pod', if(h.direction = h.is_reply, ${AT.source_pod}, ${AT.destination_pod}),
    h.role != 'uplink', 8,
    h.node = h.client_node AND h.node = h.server_node,
      if(h.direction = h.is_reply, ${AT.destination_uplink}, ${AT.source_uplink}),
    h.node = h.client_node, ${AT.source_uplink},
    h.node = h.server_node, ${AT.destination_uplink},
    8) + 1 + h.is_reply)`;

/** How much a name says. Rows of one connection may know its ends differently well. */
const RANK_OF_KIND = (column: string) =>
  `multiIf(${column} = 'workload', 3, ${column} IN ('node', 'service'), 2, ${column} = 'external', 1, 0)`;

/** A row that saw through a source translation knows the client better than any that did not. */
const CLIENT_KNOWLEDGE = `toUInt8(${RANK_OF_KIND("h.client_kind")} + if(h.translation IN ('snat', 'dnat+snat'), 4, 0))`;
const SERVER_KNOWLEDGE = `toUInt8(${RANK_OF_KIND("h.server_kind")})`;
const ORIGINAL_KNOWLEDGE = `toUInt8(if(h.service_name != '', 1, 0)
    + 2 * multiIf(h.translation = 'dnat+snat', 4, h.translation = 'dnat', 3, h.translation = 'snat', 2, h.translation = 'none', 1, 0))`;

/** The tuple's fields, first the knowledge, so that `max` of such tuples keeps the best informed one whole. */
export const CLIENT_FIELDS = {
  knowledge: "UInt8",
  kind: "String",
  namespace: "String",
  workload_kind: "String",
  workload: "String",
  pod: "String",
  node: "String",
  address: "IPv6",
  port: "UInt16",
} as const;
export const SERVER_FIELDS = {
  knowledge: "UInt8",
  kind: "String",
  namespace: "String",
  workload_kind: "String",
  workload: "String",
  pod: "String",
  node: "String",
} as const;
export const ORIGINAL_FIELDS = {
  knowledge: "UInt8",
  translation: "String",
  server_address: "IPv6",
  server_port: "UInt16",
  service_namespace: "String",
  service_name: "String",
  service_port_name: "String",
} as const;

/** The first verdict that was no `undetermined`, as policy was when the connection began. */
export const JUDGED_FIELDS = {
  /** 2^63 less the row's first microsecond, so that the earliest is the greatest; 0 for `undetermined`. */
  knowledge: "UInt64",
  /** Empty where the rows are older than verdicts. */
  verdict: "String",
  reason: "String",
} as const;

/** @param timeUs SQL: microseconds since the Unix epoch */
const judgedKnowledge = (timeUs: string) =>
  `if(h.verdict IN ('allowed', 'denied'), toUInt64(9223372036854775808 - ${timeUs}), 0)`;
const VERDICT_BIT = `multiIf(h.verdict = 'allowed', ${VERDICTS.allowed}, h.verdict = 'denied', ${VERDICTS.denied}, 0)`;

/** The last ICMP error that quoted the connection, as the hop that heard it last has it. */
export const ICMP_ERROR_FIELDS = {
  /** Microseconds since the Unix epoch; 0 where there was none. */
  heard_us: "UInt64",
  /** Type << 8 | code. */
  kind: "UInt16",
  /** Next-hop MTU, or 0. */
  mtu: "UInt32",
  source: "IPv6",
} as const;

export function tupleType(fields: Readonly<Record<string, string>>): string {
  return `Tuple(${Object.entries(fields)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ")})`;
}

/**
 * Of hop rows with a column of knowledge: the fields as the best informed row has them. Field by field, which is many times
 * faster than `argMax` of a tuple; of equally informed rows all fields come from the first.
 */
function bestTuple(knowledge: string, columns: readonly string[], fields: Readonly<Record<string, string>>) {
  const best = columns.map((column) => `argMax(r.${column}, r.${knowledge})`).join(", ");
  return `CAST((max(r.${knowledge}), ${best}), '${tupleType(fields)}')`;
}

const CLIENT = bestTuple(
  "client_knowledge",
  [
    "client_kind",
    "client_namespace",
    "client_workload_kind",
    "client_workload",
    "client_pod",
    "client_node",
    "original_client_address",
    "original_client_port",
  ],
  CLIENT_FIELDS,
);
const SERVER = bestTuple(
  "server_knowledge",
  ["server_kind", "server_namespace", "server_workload_kind", "server_workload", "server_pod", "server_node"],
  SERVER_FIELDS,
);
const ORIGINAL = bestTuple(
  "original_knowledge",
  [
    "translation",
    "original_server_address",
    "original_server_port",
    "service_namespace",
    "service_name",
    "service_port_name",
  ],
  ORIGINAL_FIELDS,
);

const JUDGED = bestTuple("judged_knowledge", ["verdict", "verdict_reason"], JUDGED_FIELDS);

const ICMP_ERROR = bestTuple(
  "icmp_error_us",
  ["icmp_error_kind", "icmp_error_mtu", "icmp_error_source"],
  ICMP_ERROR_FIELDS,
);

const POSITION_NAMES = POSITION_COLUMNS.map(({ name }) => name);

function positionSums(names: readonly string[]): [string, string][] {
  return POSITION_COLUMNS.filter(({ name }) => names.includes(name)).map(
    ({ name, position, isReply, counter }) => [
      name,
      `sumIf(r.${counter}, r.slot = ${slotOf(position, isReply)})`,
    ],
  );
}

/** Position and direction as one small number, which the forty sums ask for; from 9 on it is nowhere. */
function slotOf(position: (typeof POSITIONS)[number], isReply: number): number {
  return 1 + AT[position] + isReply;
}

/** What the connection's reporter counted, kept for each direction as `forward_…` and `reply_…`. */
export const REPORTER_COUNTERS = [
  "packets",
  "bytes",
  "payload_bytes",
  "retransmitted_bytes",
  "out_of_order_bytes",
] as const;

const REPORTER_SUMS = REPORTER_COUNTERS.flatMap((counter): [string, string][] => [
  [`forward_${counter}`, `sumIf(r.${counter}, r.reports_forward)`],
  [`reply_${counter}`, `sumIf(r.${counter}, r.reports_reply)`],
]);

/** Columns of `connections` after the key but for the positions, with the SQL that makes each out of {@link HOP_VIEW} `AS r`. */
export const CONNECTION_COLUMNS: ReadonlyMap<string, string> = new Map([
  ["protocol", "any(r.protocol)"],
  ["server_address", "any(r.server_address)"],
  ["server_port", "any(r.server_port)"],
  ["client", CLIENT],
  ["server", SERVER],
  ["original", ORIGINAL],
  ["judged", JUDGED],
  ["verdicts", "groupBitOr(r.verdict_bit)"],
  ["seen", "groupBitOr(r.seen)"],
  ["first_seen_us", "min(r.first_seen_us)"],
  ["last_seen_us", "max(r.last_seen_us)"],
  // The round trip from a hop to the server and back is longest at the hop nearest to the client.
  ["handshake_us", "max(r.handshake_to_server_us)"],
  ["places", "groupUniqArray(r.place)"],
  ["ingested_at", "max(r.ingested_at)"],
  ["icmp_error", ICMP_ERROR],
  ...REPORTER_SUMS,
]);

/**
 * What the aggregates ask of each hop row, worked out once a row: the view runs for every batch, and its cost for a small
 * one is the analysis of its expressions.
 * A place on the way is passed in one sense by the flow and in the other by its reply.
 */
const HOP_VIEW = (condition: string) => `SELECT *,
    ${CLIENT_KNOWLEDGE} AS client_knowledge,
    ${SERVER_KNOWLEDGE} AS server_knowledge,
    ${ORIGINAL_KNOWLEDGE} AS original_knowledge,
    ${SLOT_OF_HOP} AS slot,
    h.reporter = 1 AND h.is_reply = 0 AS reports_forward,
    h.reporter = 1 AND h.is_reply = 1 AS reports_reply,
    ${judgedKnowledge("h.first_seen_us")} AS judged_knowledge,
    toUInt8(${VERDICT_BIT}) AS verdict_bit,
    toUInt8(${SEEN_OF_HOP}) AS seen,
    if(h.is_reply = 0, h.handshake_us, -1) AS handshake_to_server_us,
    if(h.icmp_errors > 0, h.last_seen_us, 0) AS icmp_error_us,
    toUInt16(h.icmp_error_type * 256 + h.icmp_error_code) AS icmp_error_kind,
    toUInt32(cityHash64(h.node, h.interface_index,
      if(h.direction = 2, 2, bitXor(h.direction, h.is_reply)))) AS place
  FROM hops AS h
  WHERE (h.packets > 0 OR h.icmp_errors > 0) AND ${condition}`;

/**
 * `SELECT … FROM hops AS h … GROUP BY …`: rows of `connections`. A hop row with neither a packet nor an error (the
 * last of a flow that fell silent) says nothing about its window.
 *
 * @param condition further SQL condition on `h`.
 * @param positions which of the forty columns of the positions it has.
 */
export function connectionRowsFromHops(
  condition = "1",
  positions: readonly string[] = POSITION_NAMES,
): string {
  const columns = [...CONNECTION_COLUMNS, ...positionSums(positions)];
  return `SELECT r.connection_id AS connection_id, r.window_start AS window_start,
  ${columns.map(([name, sql]) => `${sql} AS ${name}`).join(",\n  ")}
FROM (
  ${HOP_VIEW(condition)}
) AS r
GROUP BY r.connection_id, r.window_start`;
}

/** What drop evidence says of a connection; of a hop and its packets it says nothing. */
const COLUMNS_OF_DROPS: ReadonlyMap<string, string> = new Map([
  ...CONNECTION_COLUMNS,
  ["seen", `toUInt8(${SEEN.dropped})`],
  ["first_seen_us", "min(r.dropped_us)"],
  ["last_seen_us", "max(r.dropped_us)"],
  ["handshake_us", "toFloat32(-1)"],
  ["places", "emptyArrayUInt32()"],
  ["icmp_error", `CAST((0, 0, 0, '::'), '${tupleType(ICMP_ERROR_FIELDS)}')`],
  ...REPORTER_SUMS.map(([name]): [string, string] => [name, "toUInt64(0)"]),
]);

/**
 * `SELECT … FROM drops AS h … GROUP BY …`: rows of `connections` too, so that a connection is dropped as soon as somebody
 * says so, whether its hops have been stored by then or not. Evidence of no connection (the kernel's counts) makes none.
 *
 * @param condition further SQL condition on `h`.
 * @param positions as of {@link connectionRowsFromHops}: all zero.
 */
export function connectionRowsFromDrops(condition = "1", positions: readonly string[] = []): string {
  const columns = [...COLUMNS_OF_DROPS, ...positions.map((name): [string, string] => [name, "toUInt64(0)"])];
  return `SELECT r.connection_id AS connection_id, r.window_start AS window_start,
  ${columns.map(([name, sql]) => `${sql} AS ${name}`).join(",\n  ")}
FROM (
  SELECT *,
    ${CLIENT_KNOWLEDGE} AS client_knowledge,
    ${SERVER_KNOWLEDGE} AS server_knowledge,
    ${ORIGINAL_KNOWLEDGE} AS original_knowledge,
    ${judgedKnowledge("h.dropped_us")} AS judged_knowledge,
    toUInt8(${VERDICT_BIT}) AS verdict_bit
  FROM drops AS h
  WHERE h.connection_id != 0 AND ${condition}
) AS r
GROUP BY r.connection_id, r.window_start`;
}
