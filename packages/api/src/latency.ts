import { z } from "zod";
import { protocolSchema } from "./connection.js";
import { segmentKindSchema } from "./connection-path.js";
import { entitySchema } from "./entity.js";
import { connectionFilterSchema } from "./flows.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** Of many measurements, microseconds. */
export const quantilesSchema = z.object({
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** How many round trips were measured. */
  count: z.number(),
});
export type Quantiles = z.output<typeof quantilesSchema>;

/** Null where nothing was measured. */
const roundTripsSchema = z.object({
  /** One for each connection that was opened. */
  handshake: quantilesSchema.nullable(),
  /** From data and its acknowledgement: the mean of each connection and window, weighted by how many it is of. */
  data: quantilesSchema.nullable(),
});

/** Places on the way from source to destination at which round trips are measured. */
export const latencyPlaceSchema = z.enum([
  "source pod",
  "source uplink",
  "destination uplink",
  "destination pod",
]);
export type LatencyPlace = z.output<typeof latencyPlaceSchema>;

export const latencyHopSchema = roundTripsSchema.extend({
  sourceNode: z.string(),
  destinationNode: z.string(),
  /** From here to the destination and back; what `destination pod` measures is the receiver's own part. */
  place: latencyPlaceSchema,
});
export type LatencyHop = z.output<typeof latencyHopSchema>;

/** What a segment adds to the round trip, both ways together (docs/design.md, decision 4). */
export const latencyCellSchema = roundTripsSchema.extend({
  /** From where the packets go that are answered, whichever end began the connection. */
  sourceNode: z.string(),
  /** The same where both ends share a node. */
  destinationNode: z.string(),
  segment: segmentKindSchema,
});
export type LatencyCell = z.output<typeof latencyCellSchema>;

/** Connections from one workload to another, by the Service that was dialled and the server's port. */
export const latencyEdgeSchema = roundTripsSchema.extend({
  client: entitySchema,
  server: entitySchema,
  /** `namespace/name`, or empty. */
  service: z.string(),
  protocol: protocolSchema,
  port: z.number().int(),
  connections: z.number().int(),
});
export type LatencyEdge = z.output<typeof latencyEdgeSchema>;

/** `source`, `destination` and `segment` together choose what `edges` and `series` are of; without them there are none. */
export const latencyQuerySchema = timeRangeQuerySchema.extend(connectionFilterSchema.shape).extend({
  source: z.string().min(1).optional(),
  destination: z.string().min(1).optional(),
  segment: segmentKindSchema.optional(),
});
export type LatencyQuery = z.output<typeof latencyQuerySchema>;

export const latencyAnswerSchema = z.object({
  range: timeRangeSchema,
  cells: z.array(latencyCellSchema),
  hops: z.array(latencyHopSchema),
  /** Of all connections that fit, from client to server, whatever their nodes. */
  overall: z.array(roundTripsSchema.extend({ segment: segmentKindSchema })),
  /** The slowest first. */
  edges: z.array(latencyEdgeSchema).nullable(),
  /** Steps without a measurement are left out. */
  series: z
    .object({
      stepSeconds: z.number().int(),
      points: z.array(roundTripsSchema.extend({ time: timeMsSchema })),
    })
    .nullable(),
});
export type LatencyAnswer = z.output<typeof latencyAnswerSchema>;
