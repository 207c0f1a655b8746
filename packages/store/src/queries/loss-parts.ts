import { OUTSIDE_NODE } from "@hopline/api";
import { inRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { LEAST_SHIFT_US, shiftSql } from "./loss-shifts.js";

const ACROSS = "client_node != '' AND server_node != '' AND client_node != server_node";
const WITHIN = "client_node != '' AND client_node = server_node AND client_pod != '' AND server_pod != ''";
const LEAVES = "client_node != '' AND server_kind = 'external' AND server_node = ''";
const COMES_IN = "server_node != '' AND client_kind = 'external' AND client_node = ''";

/** Positions between which a segment lies, for one direction of those connections that it exists for. */
interface Part {
  readonly segment: "source node" | "wire" | "destination node";
  readonly direction: "forward" | "reply";
  readonly before: string;
  readonly after: string;
  /** SQL condition on a connection's ends. */
  readonly holds: string;
}

const part = (
  segment: Part["segment"],
  direction: Part["direction"],
  before: string,
  after: string,
  holds: string,
): Part => ({ segment, direction, before, after, holds });

const BOTH_ENDED: readonly Part[] = [
  part("source node", "forward", "source_pod", "source_uplink", `client_pod != '' AND ${ACROSS}`),
  part("wire", "forward", "source_uplink", "destination_uplink", ACROSS),
  part(
    "destination node",
    "forward",
    "destination_uplink",
    "destination_pod",
    `server_pod != '' AND ${ACROSS}`,
  ),
  part("source node", "reply", "destination_pod", "destination_uplink", `server_pod != '' AND ${ACROSS}`),
  part("wire", "reply", "destination_uplink", "source_uplink", ACROSS),
  part("destination node", "reply", "source_uplink", "source_pod", `client_pod != '' AND ${ACROSS}`),
  part("source node", "forward", "source_pod", "destination_pod", WITHIN),
  part("source node", "reply", "destination_pod", "source_pod", WITHIN),
  part("source node", "forward", "source_pod", "source_uplink", `client_pod != '' AND ${LEAVES}`),
  part("destination node", "reply", "source_uplink", "source_pod", `client_pod != '' AND ${LEAVES}`),
  part(
    "destination node",
    "forward",
    "destination_uplink",
    "destination_pod",
    `server_pod != '' AND ${COMES_IN}`,
  ),
  part("source node", "reply", "destination_pod", "destination_uplink", `server_pod != '' AND ${COMES_IN}`),
];

/** Where the world outside begins there is one hop: what came twice was lost beyond it, what came late or never before it. */
const SINGLE_ENDED: readonly Omit<Part, "after">[] = [
  { segment: "wire", direction: "forward", before: "source_uplink", holds: LEAVES },
  { segment: "wire", direction: "reply", before: "source_uplink", holds: LEAVES },
  { segment: "wire", direction: "forward", before: "destination_uplink", holds: COMES_IN },
  { segment: "wire", direction: "reply", before: "destination_uplink", holds: COMES_IN },
];

const column = (position: string, direction: string, counter: string) =>
  `${position}_${direction}_${counter}`;

const POSITIONS = ["source_pod", "source_uplink", "destination_uplink", "destination_pod"];
const COUNTED = [
  ...POSITIONS.flatMap((position) =>
    ["forward", "reply"].flatMap((direction) =>
      ["payload_bytes", "payload_packets"].map((counter) => column(position, direction, counter)),
    ),
  ),
  ...["source_uplink", "destination_uplink"].flatMap((position) =>
    ["forward", "reply"].flatMap((direction) =>
      ["retransmitted_bytes", "gap_bytes"].map((counter) => column(position, direction, counter)),
    ),
  ),
  "forward_out_of_order_bytes",
  "reply_out_of_order_bytes",
];

const nodesOf = (direction: Part["direction"]) =>
  direction === "forward" ? "client_node, server_node" : "server_node, client_node";

const TUPLES = [
  ...BOTH_ENDED.map(({ segment, direction, before, after, holds }) => {
    const counts = ["payload_bytes", "payload_packets"].flatMap((counter) => [
      column(before, direction, counter),
      column(after, direction, counter),
    ]);
    return `(${holds}, '${segment}', ${nodesOf(direction)}, ${counts.join(", ")}, 0)`;
  }),
  ...SINGLE_ENDED.map(({ segment, direction, before, holds }) => {
    const bytes = column(before, direction, "payload_bytes");
    const packets = column(before, direction, "payload_packets");
    const isBeyond = (before === "source_uplink") === (direction === "forward");
    const gap = `greatest(0, ${column(before, direction, "gap_bytes")})`;
    const counts = isBeyond
      ? [bytes, `${bytes} - ${column(before, direction, "retransmitted_bytes")}`]
      : [`${bytes} + ${gap}`, `${bytes} - ${direction}_out_of_order_bytes`];
    return `(${holds}, '${segment}', ${nodesOf(direction)}, ${counts.join(", ")}, ${packets}, ${packets}, 1)`;
  }),
];

const best = (tuple: string, field: string) => `argMax(c.${tuple}.${field}, c.${tuple}.knowledge)`;
const ENDS = ["client", "server"].flatMap((end) =>
  ["node", "pod", "kind"].map((field) => `${best(end, field)} AS ${end}_${field}`),
);

/** SQL of `WITH`: the windows in which a node's agent watched and counted everything. */
export const COMPLETE_WINDOWS = `complete AS (
  SELECT o.node AS node, o.window_start AS window_start FROM completeness AS o
  WHERE ${inRange("o.window_start")}
    AND (o.node, o.window_start) NOT IN (
      SELECT d.node, d.window_start + arrayJoin([-${WINDOW_SECONDS}, 0, ${WINDOW_SECONDS}]) FROM completeness AS d
      WHERE d.dropped_frames > 0 AND d.window_start >= toDateTime({from:UInt32} - ${WINDOW_SECONDS}, 'UTC')
        AND d.window_start < toDateTime({to:UInt32} + ${WINDOW_SECONDS}, 'UTC'))
  GROUP BY node, window_start
  HAVING groupBitOr(o.agent_flags) = 0 AND max(o.sampling) <= 1
)`;

const isComplete = (window: string) =>
  ["source_node", "destination_node"]
    .map((node) => `(${node} = '' OR (${node}, ${window}) IN (SELECT node, window_start FROM complete))`)
    .join(" AND ");

/**
 * SQL of a SELECT: one row for each connection, window and segment that it passed: what went in and came out, whether the window is
 * complete at both nodes, and how many of the bytes passed so near an edge of the run of windows that the other hop
 * may have counted them beyond it. Wants {@link COMPLETE_WINDOWS} and the parameters of `rangeParameters` and `shiftParameters`.
 * A node without a name is the world outside.
 *
 * @param stepSeconds a run ends with each step; 0 for the whole range
 */
export function lossParts(stepSeconds: number): string {
  const startUs = "toUnixTimestamp(window) * 1000000.";
  const endUs = `(toUnixTimestamp(window) + ${WINDOW_SECONDS}) * 1000000.`;
  const cut = (atStep: string, neighbour: string) =>
    `(${stepSeconds === 0 ? "" : `(${atStep}) % ${stepSeconds} = 0 OR `}NOT (${isComplete(neighbour)}))`;
  const seconds = "toUnixTimestamp(window) - {from:UInt32}";
  return `SELECT connection_id, window, segment, source_node, destination_node, single_ended,
    before_bytes, after_bytes, before_packets, after_packets,
    ${isComplete("window")} AS is_complete,
    if(segment = 'wire', ${shiftSql("source_node", "destination_node")}, ${LEAST_SHIFT_US.sameNode}) AS shift,
    if(single_ended = 1, 0, before_bytes * least(1, shift / greatest(last_us - first_us, shift))
      * ((first_us < ${startUs} + shift AND ${cut(seconds, `window - ${WINDOW_SECONDS}`)})
        + (last_us > ${endUs} - shift AND ${cut(`${seconds} + ${WINDOW_SECONDS}`, `window + ${WINDOW_SECONDS}`)}))) AS edge_bytes
  FROM (
    SELECT connection_id, window, first_us, last_us,
      part.2 AS segment, part.3 AS source_node, part.4 AS destination_node,
      part.5 AS before_bytes, part.6 AS after_bytes, part.7 AS before_packets, part.8 AS after_packets,
      part.9 AS single_ended
    FROM (
      SELECT connection_id, window, first_us, last_us, arrayJoin([
        ${TUPLES.join(",\n        ")}
      ]) AS part
      FROM (
        SELECT c.connection_id AS connection_id, c.window_start AS window,
          ${ENDS.join(", ")},
          toFloat64(min(c.first_seen_us)) AS first_us, toFloat64(max(c.last_seen_us)) AS last_us,
          ${COUNTED.map((name) => `toInt64(sum(c.${name})) AS ${name}`).join(", ")}
        FROM connections AS c WHERE ${inRange("c.window_start")}
        GROUP BY connection_id, window
      )
    ) WHERE part.1
  )`;
}

/** SQL: a node of {@link lossParts} as the API names it. */
export const nodeName = (node: string) => `if(${node} = '', '${OUTSIDE_NODE}', ${node})`;

/** SQL condition on rows of {@link lossParts}; wants the parameters source, destination and segment. */
export const CHOSEN = `${nodeName("source_node")} = {source:String} AND ${nodeName("destination_node")} = {destination:String}
  AND segment = {segment:String}`;
