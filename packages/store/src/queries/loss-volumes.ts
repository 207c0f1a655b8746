import { type LossQuery, segmentKindSchema } from "@hopline/api";
import { z } from "zod";
import type { LossVolume, LossVolumes } from "../records.js";
import {
  type AlignedRange,
  alignRange,
  fillRange,
  inRange,
  rangeParameters,
  toTimeRange,
} from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";

/** A window's rows and completeness have come so long after its end, or count as missing. */
const SETTLE_MS = 15_000;
const MAX_POINTS = 180;

const count = z.coerce.number();
const volumeSchema = z
  .object({
    source_node: z.string(),
    destination_node: z.string(),
    segment: segmentKindSchema,
    step: count,
    sent_bytes: count,
    came_bytes: count,
    sent_packets: count,
    came_packets: count,
    measured: count,
    left_out: count,
  })
  .transform(
    (row): LossVolume => ({
      sourceNode: row.source_node,
      destinationNode: row.destination_node,
      segment: row.segment,
      stepStart: row.step,
      sentPayloadBytes: row.sent_bytes,
      missingPayloadBytes: row.sent_bytes - row.came_bytes,
      payloadPackets: Math.max(row.sent_packets, row.came_packets),
      measuredWindows: row.measured,
      leftOutWindows: row.left_out,
    }),
  );

/** What went into and came out of the segments between nodes; and over time where the query chooses one of them. */
export async function lossVolumes({ database, nowMs }: QueryContext, query: LossQuery): Promise<LossVolumes> {
  const asked = fillRange(query, nowMs);
  const settledMs = Math.floor((nowMs - SETTLE_MS) / (WINDOW_SECONDS * 1000)) * WINDOW_SECONDS * 1000;
  const to = Math.min(asked.to, settledMs);
  const range = alignRange({ from: Math.min(asked.from, to), to }, WINDOW_SECONDS);
  const read = (stepSeconds: number, condition: string, chosen: Record<string, string> = {}) =>
    database.query("loss between nodes", volumeSchema, lossSql(stepSeconds, condition), {
      ...rangeParameters(range),
      ...chosen,
    });
  const cells = await read(0, "1");
  const { source, destination, segment } = query;
  if (source === undefined || destination === undefined || segment === undefined)
    return { range: toTimeRange(range), cells, series: null };
  const stepSeconds = stepFor(range);
  const points = await read(
    stepSeconds,
    "source_node = {source:String} AND destination_node = {destination:String} AND segment = {segment:String}",
    { source, destination, segment },
  );
  return { range: toTimeRange(range), cells, series: { stepSeconds, points } };
}

function stepFor({ from, to }: AlignedRange): number {
  return Math.max(1, Math.ceil((to - from) / MAX_POINTS / WINDOW_SECONDS)) * WINDOW_SECONDS;
}

/** Where a segment begins and ends, and for which connections, as names of positions and conditions on `w`. */
const SEGMENTS = [
  [
    "source node",
    "forward",
    "source_pod",
    "source_uplink",
    "client_pod != '' AND client_node != server_node",
  ],
  ["wire", "forward", "source_uplink", "destination_uplink", "client_node != server_node"],
  [
    "destination node",
    "forward",
    "destination_uplink",
    "destination_pod",
    "server_pod != '' AND client_node != server_node",
  ],
  [
    "source node",
    "reply",
    "destination_pod",
    "destination_uplink",
    "server_pod != '' AND client_node != server_node",
  ],
  ["wire", "reply", "destination_uplink", "source_uplink", "client_node != server_node"],
  [
    "destination node",
    "reply",
    "source_uplink",
    "source_pod",
    "client_pod != '' AND client_node != server_node",
  ],
  [
    "source node",
    "forward",
    "source_pod",
    "destination_pod",
    "client_pod != '' AND server_pod != '' AND client_node = server_node",
  ],
  [
    "source node",
    "reply",
    "destination_pod",
    "source_pod",
    "client_pod != '' AND server_pod != '' AND client_node = server_node",
  ],
] as const;

const POSITIONS = ["source_pod", "source_uplink", "destination_uplink", "destination_pod"];
const COUNTED = POSITIONS.flatMap((position) =>
  ["forward", "reply"].flatMap((direction) =>
    ["payload_bytes", "payload_packets"].map((counter) => `${position}_${direction}_${counter}`),
  ),
);

/** @param stepSeconds 0 for the whole range in one row */
function lossSql(stepSeconds: number, condition: string): string {
  const tuples = SEGMENTS.map(([segment, direction, before, after, holds]) => {
    const [source, destination] =
      direction === "forward" ? ["client_node", "server_node"] : ["server_node", "client_node"];
    const counter = (position: string, name: string) => `${position}_${direction}_${name}`;
    const counts = ["payload_bytes", "payload_packets"].flatMap((name) => [
      counter(before, name),
      counter(after, name),
    ]);
    return `(${holds}, '${segment}', ${source}, ${destination}, ${counts.join(", ")})`;
  });
  const best = (tuple: string, field: string) => `argMax(c.${tuple}.${field}, c.${tuple}.knowledge)`;
  return `WITH complete AS (
  SELECT o.node AS node, o.window_start AS window_start FROM completeness AS o
  WHERE ${inRange("o.window_start")}
    AND (o.node, o.window_start) NOT IN (
      SELECT d.node, d.window_start + arrayJoin([-${WINDOW_SECONDS}, 0, ${WINDOW_SECONDS}]) FROM completeness AS d
      WHERE d.dropped_frames > 0 AND d.window_start >= toDateTime({from:UInt32} - ${WINDOW_SECONDS}, 'UTC')
        AND d.window_start < toDateTime({to:UInt32} + ${WINDOW_SECONDS}, 'UTC'))
  GROUP BY node, window_start
  HAVING groupBitOr(o.agent_flags) = 0 AND max(o.sampling) <= 1
)
SELECT source_node, destination_node, segment,
  ${stepSeconds === 0 ? "{from:UInt32}" : `{from:UInt32} + intDiv(toUnixTimestamp(window) - {from:UInt32}, ${stepSeconds}) * ${stepSeconds}`} AS step,
  sumIf(before_bytes, is_complete) AS sent_bytes, sumIf(after_bytes, is_complete) AS came_bytes,
  sumIf(before_packets, is_complete) AS sent_packets, sumIf(after_packets, is_complete) AS came_packets,
  uniqExactIf(window, is_complete) AS measured, uniqExactIf(window, NOT is_complete) AS left_out
FROM (
  SELECT window,
    part.2 AS segment, part.3 AS source_node, part.4 AS destination_node,
    part.5 AS before_bytes, part.6 AS after_bytes, part.7 AS before_packets, part.8 AS after_packets,
    (source_node, window) IN (SELECT node, window_start FROM complete)
      AND (destination_node, window) IN (SELECT node, window_start FROM complete) AS is_complete
  FROM (
    SELECT window, arrayJoin([
      ${tuples.join(",\n      ")}
    ]) AS part
    FROM (
      SELECT c.connection_id AS connection_id, c.window_start AS window,
        ${["client", "server"].flatMap((end) => ["node", "pod"].map((field) => `${best(end, field)} AS ${end}_${field}`)).join(", ")},
        ${COUNTED.map((column) => `toInt64(sum(c.${column})) AS ${column}`).join(", ")}
      FROM connections AS c WHERE ${inRange("c.window_start")}
      GROUP BY connection_id, window
    ) WHERE client_node != '' AND server_node != ''
  ) WHERE part.1
)
WHERE ${condition}
GROUP BY source_node, destination_node, segment, step
HAVING sum(before_bytes) > 0
ORDER BY source_node, destination_node, segment, step`;
}
