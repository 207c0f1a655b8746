import { z } from "zod";
import { connectionSchema, protocolSchema } from "./connection.js";
import { lossFigureSchema, reasonSchema, segmentKindSchema, segmentLossSchema } from "./connection-path.js";
import { entitySchema } from "./entity.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** Loss of a node pair and segment, over all connections whose packets went that way between hops that are watched. */
const lossSchema = z.object({
  basis: segmentLossSchema.shape.basis,
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

/** Stands for the world outside the cluster, where no agent is. */
export const OUTSIDE_NODE = "outside";

export const lossCellSchema = lossSchema.extend({
  /** From where the packets go, whichever end began the connection; {@link OUTSIDE_NODE} where they come from outside. */
  sourceNode: z.string(),
  /** The same where both ends share a node; {@link OUTSIDE_NODE} where they go outside. */
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

/** Connections from one workload to another, by the Service that was dialled and the server's port. */
export const worstEdgeSchema = lossSchema.extend({
  client: entitySchema,
  server: entitySchema,
  /** `namespace/name`, or empty. */
  service: z.string(),
  protocol: protocolSchema,
  port: z.number().int(),
  connections: z.number().int(),
});
export type WorstEdge = z.output<typeof worstEdgeSchema>;

export const worstConnectionSchema = lossSchema.extend({ connection: connectionSchema });
export type WorstConnection = z.output<typeof worstConnectionSchema>;

export const lossAnswerSchema = z.object({
  /** Ends where windows are settled: a little before now. */
  range: timeRangeSchema,
  cells: z.array(lossCellSchema),
  /** Steps without traffic are left out. */
  series: z.object({ stepSeconds: z.number().int(), points: z.array(lossPointSchema) }).nullable(),
  /** Those of the chosen pair and segment that lost most payload bytes, the worst first; empty where nothing is missing. */
  worst: z
    .object({ edges: z.array(worstEdgeSchema), connections: z.array(worstConnectionSchema) })
    .nullable(),
});
export type LossAnswer = z.output<typeof lossAnswerSchema>;
