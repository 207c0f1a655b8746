import type { Connection, Entity, LossCell, TimeRange } from "@hopline/api";
import { z } from "zod";

/** Payload that went into a segment and did not come out, over the windows complete at both nodes. */
export interface LossCounts {
  readonly basis: LossCell["basis"];
  readonly sentPayloadBytes: number;
  readonly missingPayloadBytes: number;
  /** With payload, where more of them were counted. */
  readonly payloadPackets: number;
  /** Of `sentPayloadBytes`, how much the edges of the windows may have cut off. */
  readonly edgeBytes: number;
  readonly measuredWindows: number;
  readonly leftOutWindows: number;
}

export interface LossVolume extends LossCounts {
  readonly sourceNode: string;
  readonly destinationNode: string;
  readonly segment: LossCell["segment"];
  /** Unix seconds. */
  readonly stepStart: number;
}

/** One workload's connections to another. */
export interface LossyEdge extends LossCounts {
  readonly client: Entity;
  readonly server: Entity;
  /** `namespace/name`, or empty. */
  readonly service: string;
  readonly protocol: Connection["protocol"];
  readonly port: number;
  readonly connections: number;
}

export interface LossyConnection extends LossCounts {
  readonly connection: Connection;
}

export interface LossVolumes {
  readonly range: TimeRange;
  readonly cells: readonly LossVolume[];
  readonly series: { readonly stepSeconds: number; readonly points: readonly LossVolume[] } | null;
  /** Of the segment that is chosen: who lost most. */
  readonly worst: {
    readonly edges: readonly LossyEdge[];
    readonly connections: readonly LossyConnection[];
  } | null;
}

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
