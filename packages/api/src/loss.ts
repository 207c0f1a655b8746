import { z } from "zod";
import { lossFigureSchema, reasonSchema, segmentKindSchema } from "./connection-path.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** Loss of a node pair and segment, over all connections between two pods whose packets went that way. */
const lossSchema = z.object({
  /** Of layer-4 payload bytes; null where `why` says why there is none. */
  payload: lossFigureSchema.nullable(),
  why: reasonSchema.nullable(),
  sentPayloadBytes: z.number(),
  /** Below zero where more came out than went in. */
  missingPayloadBytes: z.number(),
  sentPackets: z.number(),
  /** Windows that were complete at both nodes, and those that were not and are left out. */
  measuredWindows: z.number().int(),
  leftOutWindows: z.number().int(),
});

export const lossCellSchema = lossSchema.extend({
  /** From where the packets go, whichever end began the connection. */
  sourceNode: z.string(),
  /** The same where both ends share a node. */
  destinationNode: z.string(),
  segment: segmentKindSchema,
});
export type LossCell = z.output<typeof lossCellSchema>;

export const lossPointSchema = lossSchema.extend({ time: timeMsSchema });
export type LossPoint = z.output<typeof lossPointSchema>;

/** `source`, `destination` and `segment` together choose what the series is of; without them there is none. */
export const lossQuerySchema = timeRangeQuerySchema.extend({
  source: z.string().min(1).optional(),
  destination: z.string().min(1).optional(),
  segment: segmentKindSchema.optional(),
});
export type LossQuery = z.output<typeof lossQuerySchema>;

export const lossAnswerSchema = z.object({
  /** Ends where windows are settled: a little before now. */
  range: timeRangeSchema,
  cells: z.array(lossCellSchema),
  /** Steps without traffic are left out. */
  series: z.object({ stepSeconds: z.number().int(), points: z.array(lossPointSchema) }).nullable(),
});
export type LossAnswer = z.output<typeof lossAnswerSchema>;
