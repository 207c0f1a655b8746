import { type LossQuery, segmentKindSchema } from "@hopline/api";
import { z } from "zod";
import { type AlignedRange, alignRange, fillRange, rangeParameters, toTimeRange } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { LOSS_SUMS, type LossVolume, type LossVolumes, lossCounts, lossCountsSchema } from "./loss-counts.js";
import { CHOSEN, COMPLETE_WINDOWS, lossParts, nodeName } from "./loss-parts.js";
import { lossShifts, shiftParameters } from "./loss-shifts.js";
import type { QueryContext } from "./query-context.js";
import { worstLosers } from "./worst-losers.js";

/** A window's rows and completeness have come so long after its end, or count as missing. */
const SETTLE_MS = 15_000;
const MAX_POINTS = 180;

const count = z.coerce.number();
const volumeSchema = lossCountsSchema
  .extend({ source_node: z.string(), destination_node: z.string(), segment: segmentKindSchema, step: count })
  .transform(
    (row): LossVolume => ({
      sourceNode: row.source_node,
      destinationNode: row.destination_node,
      segment: row.segment,
      stepStart: row.step,
      ...lossCounts(row),
    }),
  );

/** What went into and came out of the segments between nodes; and over time, and by whom, where the query chooses one of them. */
export async function lossVolumes(context: QueryContext, query: LossQuery): Promise<LossVolumes> {
  const { database, nowMs } = context;
  const asked = fillRange(query, nowMs);
  const settledMs = Math.floor((nowMs - SETTLE_MS) / (WINDOW_SECONDS * 1000)) * WINDOW_SECONDS * 1000;
  const to = Math.min(asked.to, settledMs);
  const range = alignRange({ from: Math.min(asked.from, to), to }, WINDOW_SECONDS);
  const parameters = { ...rangeParameters(range), ...shiftParameters(await lossShifts(database, range)) };
  const read = (stepSeconds: number, condition: string, chosen: Record<string, string> = {}) =>
    database.query("loss between nodes", volumeSchema, lossSql(stepSeconds, condition), {
      ...parameters,
      ...chosen,
    });
  const cells = await read(0, "1");
  const { source, destination, segment } = query;
  if (source === undefined || destination === undefined || segment === undefined)
    return { range: toTimeRange(range), cells, series: null, worst: null };
  const chosen = { source, destination, segment };
  const stepSeconds = stepFor(range);
  return {
    range: toTimeRange(range),
    cells,
    series: { stepSeconds, points: await read(stepSeconds, CHOSEN, chosen) },
    worst: await worstLosers(context, range, { ...parameters, ...chosen }),
  };
}

function stepFor({ from, to }: AlignedRange): number {
  return Math.max(1, Math.ceil((to - from) / MAX_POINTS / WINDOW_SECONDS)) * WINDOW_SECONDS;
}

/** @param stepSeconds 0 for the whole range in one row */
function lossSql(stepSeconds: number, condition: string): string {
  const step =
    stepSeconds === 0
      ? "{from:UInt32}"
      : `{from:UInt32} + intDiv(toUnixTimestamp(window) - {from:UInt32}, ${stepSeconds}) * ${stepSeconds}`;
  return `WITH ${COMPLETE_WINDOWS}
SELECT ${nodeName("p.source_node")} AS source_node, ${nodeName("p.destination_node")} AS destination_node, segment,
  ${step} AS step,
  ${LOSS_SUMS}
FROM (
  ${lossParts(stepSeconds)}
) AS p
WHERE ${condition}
GROUP BY p.source_node, p.destination_node, segment, step
HAVING sum(before_bytes) > 0
ORDER BY source_node, destination_node, segment, step`;
}
