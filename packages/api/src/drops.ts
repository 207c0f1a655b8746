import { z } from "zod";
import { connectionIdSchema, connectionSchema, endSchema, protocolSchema } from "./connection.js";
import { entityIdSchema } from "./entity.js";
import { listOf } from "./flows.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** Who says that packets were dropped: a rule's log, an ICMP error, an RST, the kernel's count. */
export const dropSourceSchema = z.enum(["nflog", "icmp", "rst", "kernel"]);
export type DropSource = z.output<typeof dropSourceSchema>;

/** Who writes log rules with such prefixes (packages/policy, drop prefix). */
export const dropEnforcerSchema = z.enum(["calico", "kube-router", "antrea", "hopline-lab", "unknown"]);

/** The policy that the evidence itself names. */
export const droppingPolicySchema = z.object({
  /** A kind of Kubernetes', or `CalicoNetworkPolicy`, `CalicoGlobalNetworkPolicy`. */
  kind: z.string(),
  /** Empty for kinds of the cluster as a whole. */
  namespace: z.string(),
  name: z.string(),
  direction: z.enum(["ingress", "egress"]).nullable(),
});
export type DroppingPolicy = z.output<typeof droppingPolicySchema>;

export const dropsQuerySchema = timeRangeQuerySchema.extend({
  /** Either end, or the policy that is named, in one of these namespaces. */
  namespace: listOf(z.string().min(1)),
  entity: entityIdSchema.optional(),
  client: entityIdSchema.optional(),
  server: entityIdSchema.optional(),
  protocol: listOf(protocolSchema),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  /** Where the packets were dropped. */
  node: z.string().optional(),
  /** `namespace/name` of the policy that is named; `name` of one of the cluster as a whole. */
  policy: z.string().max(600).optional(),
  connection: connectionIdSchema.optional(),
  source: listOf(dropSourceSchema),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type DropsQuery = z.output<typeof dropsQuerySchema>;

/** Packets of one flow that were dropped for one reason within a second. */
export const dropSchema = z.object({
  /** The first of them. Milliseconds since the Unix epoch, with fraction. */
  droppedAt: z.number(),
  /** Where. */
  node: z.string(),
  source: dropSourceSchema,
  /** Of a rule's log: its group, its prefix as it stands in the rule, and who writes such prefixes. */
  group: z.number().int().nullable(),
  prefix: z.string(),
  enforcer: dropEnforcerSchema.nullable(),
  /** The kernel's drop reason, without SKB_DROP_REASON_; an ICMP error in words; empty for other sources. */
  reason: z.string(),
  policy: droppingPolicySchema.nullable(),
  /** The interface by which the packets came, and that by which they would have gone; empty where not known. */
  inInterface: z.string(),
  outInterface: z.string(),
  /** They ran from the server back to the client. */
  isReply: z.boolean(),
  /** These five are null where nobody knows whose packets they were, as of the kernel's counts. */
  connection: connectionIdSchema.nullable(),
  protocol: protocolSchema.nullable(),
  client: endSchema.nullable(),
  server: endSchema.nullable(),
  service: connectionSchema.shape.service,
  /** What policy says of that connection, by this product's own reckoning. */
  verdict: connectionSchema.shape.verdict,
  verdictBy: connectionSchema.shape.verdictBy,
  packets: z.number(),
  /** From their IP headers on; 0 where nobody knows. */
  bytes: z.number(),
  /** The beginning of the first packet from its IP header on, in hexadecimal; empty where it was not kept. */
  packet: z.string(),
});
export type Drop = z.output<typeof dropSchema>;

/** One line of drops over time. */
export const dropSeriesSchema = z.object({
  source: dropSourceSchema,
  policy: droppingPolicySchema.nullable(),
  /** As of {@link dropSchema}; one of both where no policy is named. */
  prefix: z.string(),
  reason: z.string(),
  packets: z.number(),
  /** Connections with drops; 0 where nobody knows whose packets they were. */
  connections: z.number().int(),
  /** Packets in each step of the range. */
  points: z.array(z.number()),
});
export type DropSeries = z.output<typeof dropSeriesSchema>;

export const dropsAnswerSchema = z.object({
  range: timeRangeSchema,
  /** The newest first. */
  drops: z.array(dropSchema),
  /** How many fit in all, and what they come to. */
  total: z.number().int(),
  packets: z.number(),
  connections: z.number().int(),
  stepSeconds: z.number().int(),
  /** Beginnings of the steps. */
  times: z.array(timeMsSchema),
  /** By policy, or by prefix or reason where none is named; the most packets first, at most twenty. */
  series: z.array(dropSeriesSchema),
});
export type DropsAnswer = z.output<typeof dropsAnswerSchema>;
