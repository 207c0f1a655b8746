import { z } from "zod";
import { alertingStatusSchema } from "./alerts.js";
import { timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";
import { watchSchema } from "./watch.js";

/** `live`: a window arrived when it was due; `late`: one is missing; `silent`: none for a minute. */
export const agentStateSchema = z.enum(["live", "late", "silent"]);

/** What an agent says of itself; missing where the collector that is asked has not heard it. */
export const agentReportSchema = z.object({
  /** The node's clock against the collector's, the way of the request included, milliseconds; positive where it is ahead. */
  clockOffsetMs: z.number(),
  /** What of the agent does not work, or did not. */
  troubles: z.array(
    z.object({ part: z.string(), code: z.string(), message: z.string(), hint: z.string().nullable() }),
  ),
  /** `net.netfilter.nf_conntrack_*` of the node; null where it has no such setting. */
  conntrack: z.object({
    events: z.number().nullable(),
    acct: z.number().nullable(),
    timestamp: z.number().nullable(),
  }),
});
export type AgentReport = z.output<typeof agentReportSchema>;

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
  report: agentReportSchema.optional(),
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

/** A field of an object of the cluster that verdicts are made from, and cannot be read. The object is left out. */
export const policyProblemSchema = z.object({
  /** `NetworkPolicy shop/web`; of one from a file, `FILE:LINE: NetworkPolicy shop/web`. */
  object: z.string(),
  /** E.g. `spec.ingress[0].from[1].ipBlock.cidr`; empty where it is the object as a whole. */
  field: z.string(),
  message: z.string(),
});
export type PolicyProblem = z.output<typeof policyProblemSchema>;

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
    /** Of the fullest disk that holds tables. */
    disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }).optional(),
  }),
  watches: z.array(watchStatusSchema),
  policyProblems: z.array(policyProblemSchema).default([]),
  agents: z.array(agentStatusSchema),
  /** Connections that are captured at all interfaces on demand. */
  connectionWatches: z.array(watchSchema),
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
  alerting: alertingStatusSchema,
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
