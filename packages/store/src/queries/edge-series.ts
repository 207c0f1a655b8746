import type { EdgeSeries, edgeSeriesQuerySchema } from "@hopline/api";
import { z } from "zod";
import { type AlignedRange, alignRange, fillRange, inRange, toTimeRange } from "./aligned-range.js";
import { type ConversationSource, conversationSource } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";

/** Lengths that divide hours and days evenly, seconds. */
const STEPS = [10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 604_800];
const MAX_POINTS = 180;

const count = z.coerce.number();
const pointSchema = z.object({
  step: count,
  forward_bytes: count,
  reply_bytes: count,
  connection_count: count,
  retransmitted_bytes: count,
  handshake_p50_us: z.number().nullable(),
  handshake_p95_us: z.number().nullable(),
});

/** Traffic over time of everything that fits the filter; steps without traffic are there, with zeros. */
export async function edgeSeries(
  { database, nowMs, retention }: QueryContext,
  query: z.output<typeof edgeSeriesQuerySchema>,
): Promise<EdgeSeries> {
  const asked = fillRange(query, nowMs);
  // The step depends on the table's windows and the range on the step, so that no step is cut.
  const stepSeconds = stepFor(asked, conversationSource(asked, query, nowMs, retention).windowSeconds);
  const range = alignRange(asked, stepSeconds);
  const source = conversationSource(toTimeRange(range), query, nowMs, retention);
  const rows = await database.query("a time series", pointSchema, seriesSql(source, stepSeconds), {
    ...source.parameters,
    step: stepSeconds,
  });
  return { range: toTimeRange(range), stepSeconds, points: fillSteps(rows, range, stepSeconds) };
}

function stepFor(range: { from: number; to: number }, windowSeconds: number): number {
  const spanSeconds = (range.to - range.from) / 1000;
  const last = STEPS[STEPS.length - 1]!;
  return STEPS.find((step) => step >= windowSeconds && spanSeconds / step <= MAX_POINTS) ?? last;
}

/** Connections are chosen by what they are over the whole range, then counted in each step that they are active in. */
function seriesSql(source: ConversationSource, stepSeconds: number): string {
  const isConnections = source.table === "connections";
  const rows = isConnections
    ? `(SELECT * FROM connections WHERE ${inRange("window_start")}
  AND connection_id IN (SELECT connection_id FROM (${source.rows})))`
    : `(${source.rows})`;
  return `SELECT intDiv(toUInt32(window_start) - {from:UInt32}, ${stepSeconds}) AS step,
  sum(forward_bytes) AS forward_bytes, sum(reply_bytes) AS reply_bytes,
  ${isConnections ? "uniqExact(connection_id)" : source.connectionsIf("1")} AS connection_count,
  sum(forward_retransmitted_bytes) + sum(reply_retransmitted_bytes) AS retransmitted_bytes,
  ${source.handshakeQuantiles} AS quantiles,
  quantiles[1] AS handshake_p50_us, quantiles[2] AS handshake_p95_us
FROM ${rows}
GROUP BY step ORDER BY step`;
}

function fillSteps(
  rows: readonly z.output<typeof pointSchema>[],
  range: AlignedRange,
  stepSeconds: number,
): EdgeSeries["points"] {
  const byStep = new Map(rows.map((row) => [row.step, row]));
  return Array.from({ length: (range.to - range.from) / stepSeconds }, (_, step) => {
    const row = byStep.get(step);
    return {
      time: (range.from + step * stepSeconds) * 1000,
      forwardBytes: row?.forward_bytes ?? 0,
      replyBytes: row?.reply_bytes ?? 0,
      connections: row?.connection_count ?? 0,
      retransmittedBytes: row?.retransmitted_bytes ?? 0,
      handshakeP50Us: row?.handshake_p50_us ?? null,
      handshakeP95Us: row?.handshake_p95_us ?? null,
    };
  });
}
