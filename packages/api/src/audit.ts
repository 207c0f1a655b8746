import { z } from "zod";
import { protocolSchema } from "./connection.js";
import { entitySchema } from "./entity.js";
import { connectionFilterSchema, listOf } from "./flows.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/**
 * `concern`: what is unenforced first, then what was denied, undelivered and undetermined; `name`: by client and server.
 * An export has the order of the view.
 */
export const auditSortSchema = z.enum(["concern", "connections", "lastSeen", "name"]);

/** Which connections an audit is about: a range, and what the other pages filter by. */
export const auditScopeSchema = timeRangeQuerySchema.extend(connectionFilterSchema.shape).extend({
  /** Either end is this pod: `namespace/name`, or its name alone. */
  pod: z.string().min(1).max(300).optional(),
  sort: auditSortSchema.default("concern"),
});
export type AuditScope = z.output<typeof auditScopeSchema>;

export const auditQuerySchema = auditScopeSchema.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type AuditQuery = z.output<typeof auditQuerySchema>;

/** Distinct connections by how verdict and outcome agree; each connection counts under exactly one. */
export const auditCountsSchema = z.object({
  connections: z.number().int(),
  /** Allowed, and delivered or refused by the receiver itself. */
  allowed: z.number().int(),
  /** Denied, and a drop was observed. */
  deniedObserved: z.number().int(),
  /** Denied, sent, and never seen at the destination although its agent captured. */
  deniedInferred: z.number().int(),
  /** Denied, and delivered all the same. */
  unenforced: z.number().int(),
  /** Allowed, and not delivered. */
  undelivered: z.number().int(),
  /** Neither can be said; see the reasons. */
  undetermined: z.number().int(),
});
export type AuditCounts = z.output<typeof auditCountsSchema>;

/** A policy that decided for some of a row's connections, in one version and one direction. */
export const auditPolicySchema = z.object({
  direction: z.enum(["egress", "ingress"]),
  /** What it decided for that direction. */
  verdict: z.enum(["allowed", "denied", "undetermined"]),
  /** `NetworkPolicy`, `AdminNetworkPolicy`, … */
  kind: z.string(),
  /** Empty for the kinds that belong to no namespace. */
  namespace: z.string(),
  name: z.string(),
  /** First 8 hexadecimal digits of the SHA-256 of its spec; empty where not known. */
  version: z.string(),
  connections: z.number().int(),
});
export type AuditPolicy = z.output<typeof auditPolicySchema>;

/** Workload × workload × Service × protocol × port over the range. */
export const auditRowSchema = auditCountsSchema.extend({
  client: entitySchema,
  server: entitySchema,
  /** The Service that was dialled. */
  service: z.object({ namespace: z.string(), name: z.string() }).nullable(),
  protocol: protocolSchema,
  /** IANA number of the protocol. */
  protocolNumber: z.number().int(),
  /** 0 where the protocol has none. */
  port: z.number().int(),
  /** Why connections are undetermined, the most frequent first; at most five. A doubt's word or a sentence. */
  reasons: z.array(z.object({ reason: z.string(), connections: z.number().int() })),
  /** Those that decided, denials first; at most {@link AUDIT_POLICIES}. */
  policies: z.array(auditPolicySchema),
  /** First and last packet within the range's windows. */
  firstSeen: timeMsSchema,
  lastSeen: timeMsSchema,
  /** What was kept of drops of these connections. */
  evidence: z.object({
    /** Pieces of evidence, and the packets that they stand for. */
    drops: z.number().int(),
    packets: z.number().int(),
    nodes: z.array(z.string()),
    /** What said so: a rule's NFLOG prefix, or the source and the kernel's reason. At most ten. */
    by: z.array(z.string()),
  }),
});
export type AuditRow = z.output<typeof auditRowSchema>;

/** How many policies a row names. */
export const AUDIT_POLICIES = 50;

/** Windows are ten seconds long. A window may lack for several reasons at once. */
export const auditNodeSchema = z.object({
  node: z.string(),
  /** False where its agent said nothing in the whole range. */
  heard: z.boolean(),
  /** Windows of the range, closed by now, in which the node was there. */
  expected: z.number().int(),
  complete: z.number().int(),
  /** Windows without a word from the node's agent. */
  missing: z.number().int(),
  /** In which connections were sampled. */
  sampled: z.number().int(),
  /** In which the agent started or stopped. */
  interrupted: z.number().int(),
  /** In which batches were lost because the agent's spool was full. */
  lostBatches: z.number().int(),
  /** In which a new interface was captured only some time after it had been made. */
  lateInterfaces: z.number().int(),
  /** In which the ring had no room, and the frames that it dropped. */
  dropped: z.number().int(),
  droppedFrames: z.number(),
  /** In which flows were evicted from the agent's table, and how many. */
  evicted: z.number().int(),
  evictedFlows: z.number(),
  /** In which conntrack events were lost: a translation may lack. */
  conntrackLost: z.number().int(),
});
export type AuditNode = z.output<typeof auditNodeSchema>;

export const auditCompletenessSchema = z.object({
  /** True only where every window of every node of the range is there and whole, and none is open any more. */
  complete: z.boolean(),
  /** Why not, in sentences; empty where it is. */
  reasons: z.array(z.string()),
  /** Complete windows over expected ones, 0 to 1; null where none was expected. */
  share: z.number().nullable(),
  /** Windows from here on may still be arriving; null where all of the range has closed. */
  openFrom: timeMsSchema.nullable(),
  /** The first window that any agent reported to this store; null where none did. */
  recordFrom: timeMsSchema.nullable(),
  /** The oldest connection that is still kept; null where there is none. */
  keptFrom: timeMsSchema.nullable(),
  /** Those that are not complete first. */
  nodes: z.array(auditNodeSchema),
});
export type AuditCompleteness = z.output<typeof auditCompletenessSchema>;

export const auditAnswerSchema = z.object({
  range: timeRangeSchema,
  rows: z.array(auditRowSchema),
  /** How many rows fit in all. */
  total: z.number().int(),
  /** Over all rows that fit. */
  totals: auditCountsSchema,
  completeness: auditCompletenessSchema,
});
export type AuditAnswer = z.output<typeof auditAnswerSchema>;

/**
 * `csv`, `jsonl`, `parquet`: all rows of the view; `html`: a report to print; `tar`: all four, with a manifest and
 * `SHA256SUMS`, which `sha256sum -c` checks.
 */
export const auditFormatSchema = z.enum(["csv", "jsonl", "parquet", "html", "tar"]);
export type AuditFormat = z.output<typeof auditFormatSchema>;

export const auditExportQuerySchema = auditScopeSchema.extend({ format: auditFormatSchema.default("tar") });
export type AuditExportQuery = z.output<typeof auditExportQuerySchema>;

/** `manifest.json` of an export. */
export const auditManifestSchema = z.object({
  tool: z.literal("hopline"),
  version: z.string(),
  madeAt: timeMsSchema,
  madeBy: z.string(),
  range: timeRangeSchema,
  /** The query as it was asked, without the range. */
  scope: z.string(),
  rows: z.number().int(),
  totals: auditCountsSchema,
  completeness: auditCompletenessSchema,
  files: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string() })),
});
export type AuditManifest = z.output<typeof auditManifestSchema>;

/** What is written down when somebody looks: the audit view, an export, the log itself, a trial of policies. */
export const auditActionSchema = z.enum(["view", "export", "log", "what-if", "advise"]);
export type AuditAction = z.output<typeof auditActionSchema>;

export const auditEntrySchema = z.object({
  at: timeMsSchema,
  /** A user's name, a token's name, or `anonymous from ADDRESS`. */
  actor: z.string(),
  /** Where the request came from; of a web server or proxy, its own. */
  address: z.string(),
  action: auditActionSchema,
  /** The path that was asked. */
  target: z.string(),
  /** What was asked of it. */
  query: z.string(),
  /** Rows and bytes of the answer; bytes are 0 where it is a page. */
  rows: z.number().int(),
  bytes: z.number().int(),
  /** Of an export the SHA-256 of what was sent. */
  detail: z.string(),
});
export type AuditEntry = z.output<typeof auditEntrySchema>;

/** Absent `from` is thirty days before `to`. */
export const auditLogQuerySchema = timeRangeQuerySchema.extend({
  /** In who it was, or where the request came from; whatever its case. */
  who: z.string().min(1).max(200).optional(),
  action: listOf(auditActionSchema),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type AuditLogQuery = z.output<typeof auditLogQuerySchema>;

export const auditLogAnswerSchema = z.object({
  range: timeRangeSchema,
  /** The latest first. */
  entries: z.array(auditEntrySchema),
  total: z.number().int(),
});
export type AuditLogAnswer = z.output<typeof auditLogAnswerSchema>;
