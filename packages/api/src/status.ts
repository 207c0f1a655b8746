import { z } from "zod";
import { timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** `live`: a window arrived when it was due; `late`: one is missing; `silent`: none for a minute. */
export const agentStateSchema = z.enum(["live", "late", "silent"]);

export const agentStatusSchema = z.object({
  node: z.string(),
  state: agentStateSchema,
  agentVersion: z.string(),
  lastBatchAt: z.number().nullable(),
  /** Over the last five minutes. */
  seenFrames: z.number(),
  countedFrames: z.number(),
  droppedFrames: z.number(),
  /** Reason to frames. */
  uncounted: z.record(z.string(), z.number()),
  conntrackLost: z.number(),
  activeFlows: z.number(),
  interfaces: z.number(),
  sampling: z.number(),
});
export type AgentStatus = z.output<typeof agentStatusSchema>;

export const watchStatusSchema = z.object({
  resource: z.string(),
  state: z.string(),
  since: z.number(),
  objects: z.number().int(),
  restarts: z.number().int(),
  lastError: z.string().nullable(),
});

export const statusSchema = z.object({
  version: z.string(),
  now: z.number(),
  startedAt: z.number(),
  /** Where the cluster's objects come from: a server's URL or a file. */
  cluster: z.string(),
  store: z.object({
    kind: z.enum(["embedded", "server"]),
    engineVersion: z.string(),
    state: z.enum(["ready", "unavailable"]),
    lastError: z.string().nullable(),
    tables: z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number() })),
  }),
  watches: z.array(watchStatusSchema),
  agents: z.array(agentStatusSchema),
  ingest: z.object({
    batches: z.number(),
    duplicates: z.number(),
    rows: z.number(),
    rejected: z.number(),
    /** Rows that wait for a name or a translation. */
    waiting: z.number(),
    /** Rows stored with an end that nobody could name. */
    unnamed: z.number(),
  }),
});
export type Status = z.output<typeof statusSchema>;

export const summaryQuerySchema = timeRangeQuerySchema;

/** The whole range in a dozen numbers. */
export const summarySchema = z.object({
  range: timeRangeSchema,
  connections: z.number().int(),
  sameNode: z.number().int(),
  crossNode: z.number().int(),
  viaService: z.number().int(),
  external: z.number().int(),
  edges: z.number().int(),
  workloads: z.number().int(),
  /** Share of connections with both ends named, 0 to 1; 1 where there are none. */
  namedShare: z.number(),
  hopRows: z.number().int(),
  captureDrops: z.number(),
  /** Frames that the sources handed over. */
  ringPackets: z.number(),
});
export type Summary = z.output<typeof summarySchema>;
