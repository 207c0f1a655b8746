import { z } from "zod";
import type { LossCounts } from "../records.js";

/** SQL aggregates over rows of `lossParts`; what is not complete is only counted. */
export const LOSS_SUMS = `sumIf(before_bytes, is_complete) AS sent_bytes, sumIf(after_bytes, is_complete) AS came_bytes,
  sumIf(before_packets, is_complete) AS sent_packets, sumIf(after_packets, is_complete) AS came_packets,
  sumIf(edge_bytes, is_complete) AS cut_bytes, max(single_ended) AS is_single_ended,
  uniqExactIf(window, is_complete) AS measured, uniqExactIf(window, NOT is_complete) AS left_out`;

const count = z.coerce.number();

/** Columns of {@link LOSS_SUMS}. */
export const lossCountsSchema = z.object({
  sent_bytes: count,
  came_bytes: count,
  sent_packets: count,
  came_packets: count,
  cut_bytes: count,
  is_single_ended: count,
  measured: count,
  left_out: count,
});

export function lossCounts(row: z.output<typeof lossCountsSchema>): LossCounts {
  return {
    basis: row.is_single_ended === 1 ? "single-ended" : "both-ends",
    sentPayloadBytes: row.sent_bytes,
    missingPayloadBytes: row.sent_bytes - row.came_bytes,
    payloadPackets: Math.max(row.sent_packets, row.came_packets),
    edgeBytes: row.cut_bytes,
    measuredWindows: row.measured,
    leftOutWindows: row.left_out,
  };
}
