import { type AlertRuleName, alertRuleSchema } from "@hopline/api";
import type { AlertRule, AlertRules } from "./alert-rule.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const USUAL = { enabled: true, keepFiringMs: 0, leastRise: 0 } as const;
const SLOW = { ...USUAL, forMs: 2 * MINUTE_MS, lookBackMs: 5 * MINUTE_MS, keepFiringMs: MINUTE_MS } as const;
const LOSS = {
  ...USUAL,
  severity: "critical",
  threshold: 0.005,
  unit: "share",
  forMs: 30 * SECOND_MS,
  // Short: an alert is resolved only when all of it is clean.
  lookBackMs: 20 * SECOND_MS,
  /** Packets with payload. */
  floor: 100,
} as const;

const RULES: Readonly<Record<AlertRuleName, Omit<AlertRule, "name">>> = {
  "wire-loss": LOSS,
  "node-loss": LOSS,
  "round-trip": {
    ...SLOW,
    severity: "warning",
    threshold: 2,
    unit: "factor",
    /** Connections, now and in the past. */
    floor: 50,
    leastRise: 1000,
  },
  "connections-unanswered": {
    ...USUAL,
    severity: "warning",
    threshold: 0.1,
    unit: "share",
    forMs: MINUTE_MS,
    lookBackMs: 2 * MINUTE_MS,
    floor: 20,
  },
  "connections-reset": {
    ...USUAL,
    severity: "warning",
    threshold: 0.2,
    unit: "share",
    forMs: MINUTE_MS,
    lookBackMs: 2 * MINUTE_MS,
    floor: 20,
  },
  "dns-failures": {
    ...USUAL,
    severity: "warning",
    threshold: 0.05,
    unit: "share",
    forMs: MINUTE_MS,
    lookBackMs: 2 * MINUTE_MS,
    floor: 50,
  },
  "dns-latency": { ...SLOW, severity: "warning", threshold: 200_000, unit: "us", floor: 50 },
  "conntrack-full": {
    ...USUAL,
    severity: "critical",
    threshold: 0.85,
    unit: "share",
    forMs: MINUTE_MS,
    lookBackMs: 3 * MINUTE_MS,
    floor: 0,
  },
  "agent-silent": {
    ...USUAL,
    severity: "warning",
    threshold: MINUTE_MS,
    unit: "ms",
    forMs: 30 * SECOND_MS,
    lookBackMs: MINUTE_MS,
    floor: 0,
  },
  "capture-incomplete": {
    ...USUAL,
    severity: "warning",
    threshold: 0.001,
    unit: "share",
    forMs: MINUTE_MS,
    lookBackMs: 2 * MINUTE_MS,
    floor: 1000,
  },
  "policy-unenforced": {
    ...USUAL,
    severity: "critical",
    threshold: 0,
    unit: "count",
    forMs: 30 * SECOND_MS,
    lookBackMs: 2 * MINUTE_MS,
    floor: 0,
  },
  "policy-drops": { ...SLOW, severity: "warning", threshold: 3, unit: "factor", floor: 100, leastRise: 1 },
};

/** What ships; docs/alerts.md has the same in words. */
export const DEFAULT_RULES: AlertRules = Object.fromEntries(
  alertRuleSchema.options.map((name) => [name, { name, ...RULES[name] }]),
) as Record<AlertRuleName, AlertRule>;
