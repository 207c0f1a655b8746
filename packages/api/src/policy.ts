import { z } from "zod";
import { auditCountsSchema } from "./audit.js";
import {
  connectionSchema,
  policyRecordSchema,
  protocolSchema,
  verdictRecordSchema,
  verdictSchema,
} from "./connection.js";
import { entityIdSchema, entitySchema } from "./entity.js";
import { listOf } from "./flows.js";
import { policyProblemSchema } from "./status.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

export const policyNameSchema = policyRecordSchema.pick({ kind: true, namespace: true, name: true });
export type PolicyName = z.output<typeof policyNameSchema>;

export const policyQuerySchema = timeRangeQuerySchema.extend({
  /** Policies, pods and drops of these namespaces; policies of the cluster as a whole are always there. */
  namespace: listOf(z.string().min(1)),
});
export type PolicyQuery = z.output<typeof policyQuerySchema>;

/** What is wrong in a text that was handed in. */
export const proposalProblemSchema = policyProblemSchema.extend({
  /** From 1. */
  line: z.number().int(),
});
export type ProposalProblem = z.output<typeof proposalProblemSchema>;

/** One rule of a policy, and what it decided. */
export const policyRuleSchema = z.object({
  direction: z.enum(["ingress", "egress"]),
  /** From 0, in the policy's list of this direction. */
  index: z.number().int(),
  name: z.string().nullable(),
  /** `allow`, `deny` or `pass`. */
  action: z.string(),
  /** In words, e.g. `pods app=cart : TCP 8080`. */
  text: z.string(),
  /** Connections that it decided about, in this direction. */
  connections: z.number().int(),
  lastSeen: timeMsSchema.nullable(),
});
export type PolicyRule = z.output<typeof policyRuleSchema>;

export const policyFiguresSchema = policyNameSchema.extend({
  tier: z.enum(["admin", "networkPolicy", "baseline"]).nullable(),
  /** Of the policy as it is now; empty where it is gone. */
  version: z.string(),
  /** It is there now. A policy that is gone is listed for what it decided in the range. */
  present: z.boolean(),
  /** Pods that it selects now. */
  pods: z.number().int(),
  /** Its directions: a NetworkPolicy isolates the pods that it selects in these. */
  directions: z.array(z.enum(["ingress", "egress"])),
  /** Connections that it had a part in deciding, by what policy says and what happened. */
  counts: auditCountsSchema,
  lastSeen: timeMsSchema.nullable(),
  /** As it is now; empty where it is gone. */
  rules: z.array(policyRuleSchema),
});
export type PolicyFigures = z.output<typeof policyFiguresSchema>;

/** A workload whose pods some direction leaves open, for no policy selects them in it. */
export const uncoveredWorkloadSchema = z.object({
  workload: entitySchema,
  pods: z.number().int(),
  /** Whether any policy selects all of its pods in this direction. */
  ingress: z.boolean(),
  egress: z.boolean(),
});
export type UncoveredWorkload = z.output<typeof uncoveredWorkloadSchema>;

export const policyPointSchema = z.object({
  /** Start of the step, ms. Steps without any are there, with zeros. */
  time: timeMsSchema,
  deniedObserved: z.number().int(),
  deniedInferred: z.number().int(),
  unenforced: z.number().int(),
});

export const policyAnswerSchema = z.object({
  range: timeRangeSchema,
  /** Those with unenforced connections first, then those that denied most. */
  policies: z.array(policyFiguresSchema),
  /** Connections of the range in these namespaces. */
  totals: auditCountsSchema,
  /** Denied connections, and those that should have been, by when they began. */
  series: z.object({ stepSeconds: z.number().int(), points: z.array(policyPointSchema) }),
  /** The last connections that were denied, or should have been. */
  latest: z.array(connectionSchema),
  uncovered: z.array(uncoveredWorkloadSchema),
  /** Policies that cannot be read; they do not count, and the others do. */
  problems: z.array(policyProblemSchema),
  /** What of the cluster's policies and pods can't be known, in one sentence; null where all can. */
  missing: z.string().nullable(),
});
export type PolicyAnswer = z.output<typeof policyAnswerSchema>;

export const policyManifestQuerySchema = z.object({
  kind: policyNameSchema.shape.kind,
  namespace: z.string().default(""),
  name: z.string().min(1),
});
export const policyManifestSchema = z.object({ yaml: z.string() });

/** The traffic that something was tried on. */
export const triedTrafficSchema = z.object({
  range: timeRangeSchema,
  /** Distinct clients, servers and ports. */
  rows: z.number().int(),
  connections: z.number().int(),
  /** Rows beyond the bound, those of the fewest connections, which were left out. */
  leftOutRows: z.number().int(),
  /**
   * What-if judges pods by the labels that they and their namespaces had then. Connections with an end of which these are not
   * known: it is judged by what it is now.
   */
  unknownThen: z.number().int().default(0),
});

export const whatIfChangeSchema = z.enum([
  "newly-denied",
  "newly-allowed",
  "undetermined",
  "still-allowed",
  "still-denied",
]);
export type WhatIfChange = z.output<typeof whatIfChangeSchema>;

export const whatIfRequestSchema = timeRangeQuerySchema.extend({
  /** Policies as YAML or JSON: added, or put in the place of those of the same name. */
  yaml: z.string().max(1_000_000).default(""),
  /** Policies to be tried without. */
  remove: z.array(policyNameSchema).max(1000).default([]),
  /** Only traffic with an end in one of these. */
  namespace: z.array(z.string().min(1)).max(1000).optional(),
});
export type WhatIfRequest = z.input<typeof whatIfRequestSchema>;

/** What policy says of traffic, with or without a proposal. */
export const triedVerdictSchema = z.object({
  verdict: verdictSchema,
  /** Why it is undetermined, in words. */
  doubt: z.string().nullable(),
  /** Null where nobody is there to be judged. */
  record: verdictRecordSchema.nullable(),
});

/** Connections of the same two peers, protocol and port that change alike. */
export const whatIfGroupSchema = z.object({
  change: whatIfChangeSchema,
  client: entitySchema,
  server: entitySchema,
  protocol: protocolSchema,
  /** IANA number. */
  protocolNumber: z.number().int(),
  port: z.number().int(),
  connections: z.number().int(),
  /** Of those, how many came to nothing as it is. */
  failed: z.number().int(),
  firstSeen: timeMsSchema,
  lastSeen: timeMsSchema,
  before: triedVerdictSchema,
  after: triedVerdictSchema,
});
export type WhatIfGroup = z.output<typeof whatIfGroupSchema>;

export const whatIfCountsSchema = z.object({
  newlyDenied: z.number().int(),
  newlyAllowed: z.number().int(),
  undetermined: z.number().int(),
  stillAllowed: z.number().int(),
  stillDenied: z.number().int(),
});

export const triedPolicySchema = policyNameSchema.extend({
  change: z.enum(["added", "replaced", "unchanged", "removed", "absent"]),
  /** Pods that it selects now. */
  pods: z.number().int(),
});

export const whatIfAnswerSchema = z.object({
  traffic: triedTrafficSchema,
  policies: z.array(triedPolicySchema),
  problems: z.array(proposalProblemSchema),
  /** Objects of other kinds, of which nothing was tried. */
  passedOver: z.array(z.string()),
  connections: whatIfCountsSchema,
  /** Changes first, those of most connections first. */
  groups: z.array(whatIfGroupSchema),
  /** Groups beyond the bound; what stays as it is goes first. */
  leftOutGroups: z.number().int(),
});
export type WhatIfAnswer = z.output<typeof whatIfAnswerSchema>;

export const adviseQuerySchema = timeRangeQuerySchema.extend({
  namespace: z.string().min(1),
  /** Only for this one, e.g. `workload:shop/Deployment/web`. */
  workload: entityIdSchema.optional(),
});
export type AdviseQuery = z.output<typeof adviseQuerySchema>;

export const adviseAnswerSchema = z.object({
  traffic: triedTrafficSchema,
  /** NetworkPolicies with comments, ready to be applied. */
  yaml: z.string(),
  policies: z.array(policyNameSchema),
  /** Connections that the policies were made from. */
  madeFrom: z.number().int(),
  /** Traffic that no rule was made for, and why. */
  leftOut: z.array(
    z.object({
      client: entitySchema,
      server: entitySchema,
      protocol: protocolSchema,
      protocolNumber: z.number().int(),
      port: z.number().int(),
      connections: z.number().int(),
      reason: z.string(),
    }),
  ),
  /** Workloads that get no policy, and why. */
  unadvised: z.array(z.object({ workload: entitySchema, reason: z.string() })),
  /** The policies tried on what they were made from: `newlyDenied` is 0. */
  check: whatIfCountsSchema,
});
export type AdviseAnswer = z.output<typeof adviseAnswerSchema>;
