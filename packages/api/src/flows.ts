import { z } from "zod";
import {
  conformanceSchema,
  connectionSchema,
  outcomeSchema,
  protocolSchema,
  scopeSchema,
  verdictSchema,
} from "./connection.js";
import { entityIdSchema } from "./entity.js";
import { timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** A query parameter that may be repeated or separated by commas. */
export function listOf<Item extends z.ZodType<unknown, unknown>>(item: Item) {
  return z.preprocess((value) => {
    if (value === undefined) return undefined;
    const parts = Array.isArray(value) ? value : [value];
    return parts.flatMap((part) =>
      typeof part === "string" ? part.split(",").filter((text) => text !== "") : [part],
    );
  }, z.array(item).optional());
}

/** Which connections are meant; all that are given must hold. The map, the flows and the stream take the same. */
export const connectionFilterSchema = z.object({
  /** Either end in one of these namespaces. */
  namespace: listOf(z.string().min(1)),
  /** Either end is this entity. */
  entity: entityIdSchema.optional(),
  /** The client is this entity. */
  client: entityIdSchema.optional(),
  /** The server is this entity. */
  server: entityIdSchema.optional(),
  /** `namespace/name` of the Service dialled. */
  service: z.string().optional(),
  node: z.string().optional(),
  protocol: listOf(protocolSchema),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  scope: listOf(scopeSchema),
  outcome: listOf(outcomeSchema),
  verdict: listOf(verdictSchema),
  conformance: listOf(conformanceSchema),
  /** Part of a pod's, workload's, service's or node's name, or of an address. */
  q: z.string().max(200).optional(),
});
export type ConnectionFilter = z.output<typeof connectionFilterSchema>;

export const flowSortSchema = z.enum([
  "lastSeen",
  "firstSeen",
  "bytes",
  "packets",
  "retransmittedBytes",
  "handshakeUs",
]);

export const flowsQuerySchema = timeRangeQuerySchema.extend(connectionFilterSchema.shape).extend({
  sort: flowSortSchema.default("lastSeen"),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** `nextCursor` of the page before; holds the range, so that pages do not shift while rows arrive. */
  cursor: z.string().max(400).optional(),
});
export type FlowsQuery = z.output<typeof flowsQuerySchema>;

export const flowsAnswerSchema = z.object({
  range: timeRangeSchema,
  connections: z.array(connectionSchema),
  /** How many connections fit in all. */
  total: z.number().int(),
  nextCursor: z.string().nullable(),
});
export type FlowsAnswer = z.output<typeof flowsAnswerSchema>;

/** Server-sent events: `connections` (an array of connections that began or moved) and `status` (see streamStatusSchema). */
export const flowStreamQuerySchema = connectionFilterSchema;
export const streamStatusSchema = z.object({
  /** Milliseconds since the Unix epoch, at the collector. */
  now: z.number(),
  /** Connections that matched but were left out of the last event to keep it small. */
  leftOut: z.number().int(),
});
