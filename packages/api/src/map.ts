import { z } from "zod";
import { conformanceSchema, outcomeSchema, protocolSchema, verdictSchema } from "./connection.js";
import { entitySchema } from "./entity.js";
import { connectionFilterSchema } from "./flows.js";
import { timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

export const mapQuerySchema = timeRangeQuerySchema.extend(connectionFilterSchema.shape).extend({
  /** At most so many nodes and edges, the busiest first. */
  maxNodes: z.coerce.number().int().min(1).max(1000).default(80),
  maxEdges: z.coerce.number().int().min(1).max(5000).default(200),
  /** Namespaces shown as one node each. */
  collapse: z.preprocess(
    (value) => (typeof value === "string" ? value.split(",").filter((text) => text !== "") : value),
    z.array(z.string()).optional(),
  ),
});
export type MapQuery = z.output<typeof mapQuerySchema>;

export const mapNodeSchema = z.object({
  /** entityId, or `namespace:NAME` for a collapsed namespace. */
  id: z.string(),
  entity: entitySchema,
  /** True where this stands for all workloads of `entity.namespace`. */
  collapsed: z.boolean(),
  /** Pods seen talking in the range. */
  pods: z.number().int(),
  /** Layer-3 bytes in and out over the range. */
  bytesIn: z.number(),
  bytesOut: z.number(),
});
export type MapNode = z.output<typeof mapNodeSchema>;

/** One way of talking on an edge. */
export const mapPortSchema = z.object({
  protocol: protocolSchema,
  /** Server port. */
  port: z.number().int(),
  /** `namespace/name` of the Service dialled, or empty. */
  service: z.string(),
  connections: z.number().int(),
  bytes: z.number(),
});

export const mapEdgeSchema = z.object({
  /** `clientId>serverId` */
  id: z.string(),
  client: z.string(),
  server: z.string(),
  ports: z.array(mapPortSchema),
  /** Connections that were active in the range. */
  connections: z.number().int(),
  forwardBytes: z.number(),
  replyBytes: z.number(),
  forwardPayloadBytes: z.number(),
  replyPayloadBytes: z.number(),
  packets: z.number(),
  retransmittedBytes: z.number(),
  bytesPerSecond: z.number(),
  outcomes: z.partialRecord(outcomeSchema, z.number().int()),
  verdicts: z.partialRecord(verdictSchema, z.number().int()),
  /** Over more than six hours told by verdict and outcome only: nothing is inferred from hops there. */
  conformances: z.partialRecord(conformanceSchema, z.number().int()),
  /** Of the TCP handshakes, at the hop nearest to the client, microseconds; null where none was seen. */
  handshakeP50Us: z.number().nullable(),
  crossNode: z.boolean(),
});
export type MapEdge = z.output<typeof mapEdgeSchema>;

export const mapAnswerSchema = z.object({
  range: timeRangeSchema,
  nodes: z.array(mapNodeSchema),
  edges: z.array(mapEdgeSchema),
  /** All that fits the filter, shown or not. */
  totalNodes: z.number().int(),
  totalEdges: z.number().int(),
  namespaces: z.array(z.string()),
});
export type MapAnswer = z.output<typeof mapAnswerSchema>;

export const edgeSeriesQuerySchema = timeRangeQuerySchema.extend(connectionFilterSchema.shape);
export const edgeSeriesSchema = z.object({
  range: timeRangeSchema,
  stepSeconds: z.number().int(),
  points: z.array(
    z.object({
      /** Start of the step, ms. Steps without traffic are there, with zeros. */
      time: z.number(),
      forwardBytes: z.number(),
      replyBytes: z.number(),
      connections: z.number().int(),
      retransmittedBytes: z.number(),
      handshakeP50Us: z.number().nullable(),
      handshakeP95Us: z.number().nullable(),
    }),
  ),
});
export type EdgeSeries = z.output<typeof edgeSeriesSchema>;
