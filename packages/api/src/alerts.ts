import { z } from "zod";
import { listOf } from "./flows.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** What alerts are raised about; docs/alerts.md says what each compares and when it fires. */
export const alertRuleSchema = z.enum([
  "wire-loss",
  "node-loss",
  "round-trip",
  "connections-unanswered",
  "connections-reset",
  "dns-failures",
  "dns-latency",
  "conntrack-full",
  "agent-silent",
  "capture-incomplete",
  "policy-unenforced",
  "policy-drops",
]);
export type AlertRuleName = z.output<typeof alertRuleSchema>;

export const alertSeveritySchema = z.enum(["info", "warning", "critical"]);
export type AlertSeverity = z.output<typeof alertSeveritySchema>;

/** `pending`: true, but not for long enough; `firing`; `resolved`: it fired, and is over. */
export const alertStateSchema = z.enum(["pending", "firing", "resolved"]);
export type AlertState = z.output<typeof alertStateSchema>;

/** `share` from 0 to 1, `us` microseconds, `ms` milliseconds, `per-second`, `factor`, plain `count`, `bytes`. */
export const alertUnitSchema = z.enum(["share", "us", "ms", "per-second", "factor", "count", "bytes"]);
export type AlertUnit = z.output<typeof alertUnitSchema>;

export const alertFigureSchema = z.object({
  name: z.string(),
  value: z.number().nullable(),
  unit: alertUnitSchema,
});
export type AlertFigure = z.output<typeof alertFigureSchema>;

/** A connection that shows what the alert is about. */
export const alertConnectionSchema = z.object({
  /** 16 hexadecimal digits; what `/api/v1/path/{id}` takes. */
  id: z.string(),
  /** `shop/web > shop/api:8080`. */
  text: z.string(),
});

/** What was true when the alert fired; while it is pending, when it was last looked at. */
export const alertFactsSchema = z.object({
  /** What was compared with the threshold, both in `unit`. */
  value: z.number(),
  threshold: z.number(),
  unit: alertUnitSchema,
  /** What the figures are over. */
  range: timeRangeSchema,
  figures: z.array(alertFigureSchema),
  connections: z.array(alertConnectionSchema),
});
export type AlertFacts = z.output<typeof alertFactsSchema>;

/**
 * Why a resolved alert is over. `cleared`: it was seen not to be true any more; `no-data`: nothing could be said of it for
 * too long; `rule-off`: its rule was switched off; null while it is not over.
 */
export const alertResolutionSchema = z.enum(["cleared", "no-data", "rule-off"]);

export const alertSchema = z.object({
  /** 16 hexadecimal digits; another for each time that it comes back. */
  id: z.string(),
  rule: alertRuleSchema,
  severity: alertSeveritySchema,
  state: alertStateSchema,
  /** What it is about: `source_node`, `destination_node`, `segment`, `node`, `client`, `server`, …; with the rule, its identity. */
  labels: z.record(z.string(), z.string()),
  /** One sentence with the figure. */
  summary: z.string(),
  pendingAt: timeMsSchema,
  firedAt: timeMsSchema.nullable(),
  resolvedAt: timeMsSchema.nullable(),
  resolution: alertResolutionSchema.nullable(),
  facts: alertFactsSchema,
  /** Where the UI shows it as it was then: an absolute path with its query. */
  link: z.string(),
});
export type Alert = z.output<typeof alertSchema>;

/** Alerts that were pending, firing or resolved within the range; those that are active now belong to every range that holds now. */
export const alertsQuerySchema = timeRangeQuerySchema.extend({
  state: listOf(alertStateSchema),
  rule: listOf(alertRuleSchema),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type AlertsQuery = z.output<typeof alertsQuerySchema>;

export const alertsAnswerSchema = z.object({
  range: timeRangeSchema,
  /** Firing first, then pending, then resolved; each the latest first. */
  alerts: z.array(alertSchema),
  /** How many fit in all. */
  total: z.number().int(),
});
export type AlertsAnswer = z.output<typeof alertsAnswerSchema>;

/** What a webhook is sent: alerts that began to fire or were resolved, each with an absolute link. */
export const alertWebhookSchema = z.object({
  version: z.literal(1),
  alerts: z.array(alertSchema.extend({ url: z.string() })),
});
export type AlertWebhook = z.output<typeof alertWebhookSchema>;

/** Where alerts go, and whether they get there. */
export const alertReceiverSchema = z.object({
  kind: z.enum(["alertmanager", "webhook"]),
  /** Without user name and password. */
  url: z.string(),
  /** `idle`: nothing was to be delivered yet. */
  state: z.enum(["idle", "delivered", "failing"]),
  /** Alerts that it has not taken yet. */
  waiting: z.number().int(),
  lastTakenAt: z.number().nullable(),
  lastError: z.string().nullable(),
});
export type AlertReceiver = z.output<typeof alertReceiverSchema>;

/** How the alerts themselves are: part of the status. */
export const alertingStatusSchema = z.object({
  firing: z.number().int(),
  pending: z.number().int(),
  /** Rules that are switched on. */
  rules: z.number().int(),
  /** When rules were last evaluated; null before the first time. */
  evaluatedAt: z.number().nullable(),
  /** One sentence; null while every rule could be evaluated. */
  lastError: z.string().nullable(),
  receivers: z.array(alertReceiverSchema),
});
export type AlertingStatus = z.output<typeof alertingStatusSchema>;
