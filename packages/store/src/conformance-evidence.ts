import { JUDGED_FIELDS, POSITION_COLUMNS } from "./connection-row.js";

/**
 * What conformance asks of a connection's windows beside `seen` and `verdicts`, as two small columns of `connections`: the
 * forty columns of the positions and the verdict's record, which they are made of, cost more to read than all the rest.
 * Each row has its own, made as it is inserted; merges and queries add them up to the same, in whatever order rows come.
 */

/** Bits of `evidence`: at which hops packets were counted. */
export const EVIDENCE = {
  /** To the server, at the client's pod. */
  sourceSent: 1,
  /** To the server, at the server's pod. */
  destinationSaw: 2,
  /** Back to the client, at the server's pod. */
  destinationAnswered: 4,
} as const;

const POSITION_OF_BIT = {
  sourceSent: "source_pod_forward_packets",
  destinationSaw: "destination_pod_forward_packets",
  destinationAnswered: "destination_pod_reply_packets",
} as const satisfies Record<keyof typeof EVIDENCE, string>;

/** Of the forty columns of the positions, those that {@link EVIDENCE_COLUMNS} are made of. */
export const EVIDENCE_POSITIONS: readonly string[] = POSITION_COLUMNS.map(({ name }) => name).filter((name) =>
  Object.values<string>(POSITION_OF_BIT).includes(name),
);

/** Bits of `ruling`, below the time. */
export const RULING = {
  /** Policy does not apply to the server, as to a pod on its node's network. */
  serverIsNoPod: 1,
  /** Where it is not set, policy allowed. */
  denied: 2,
} as const;

const EVIDENCE_SQL = Object.entries(EVIDENCE)
  .map(([hop, bit]) => `if(${POSITION_OF_BIT[hop as keyof typeof EVIDENCE]} > 0, ${bit}, 0)`)
  .join(" + ");

/** By its place: to a row that is older than `judged` the engine gives a tuple whose fields have no names. */
const judged = (field: keyof typeof JUDGED_FIELDS) =>
  `tupleElement(judged, ${Object.keys(JUDGED_FIELDS).indexOf(field) + 1})`;

/** `knowledge` is 2^63 less a time in microseconds; of that, 53 bits are kept. */
const RULING_SQL = `if(${judged("knowledge")} = 0, 0, (${judged("knowledge")} - ${2n ** 63n - 2n ** 53n}) * 4
  + if(${judged("verdict")} = 'denied', ${RULING.denied}, 0)
  + if(JSONExtractString(${judged("reason")}, 'ingress', 'exemption') = 'not-a-pod', ${RULING.serverIsNoPod}, 0))`;

/** Columns of `connections`: type, the aggregate that adds them up, and the SQL that makes each of a row's other columns. */
export const EVIDENCE_COLUMNS = {
  evidence: { type: "UInt8", aggregate: "groupBitOr", sql: `toUInt8(${EVIDENCE_SQL})` },
  /** What `judged` says, in one number: the earlier, the greater; 0 where nothing was decided. */
  ruling: { type: "UInt64", aggregate: "max", sql: `toUInt64(${RULING_SQL})` },
} as const;
