import { readFileSync } from "node:fs";
import { type AlertRuleName, type AlertUnit, alertRuleSchema, alertSeveritySchema } from "@hopline/api";
import { describe, Fault } from "@hopline/fault";
import { parse } from "yaml";
import { z } from "zod";
import type { AlertRule, AlertRules } from "./alert-rule.js";
import { DEFAULT_RULES } from "./default-rules.js";

const FACTORS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 3_600_000;

/** `90s`, `5m`, `1h`, or 0. */
const duration = z.unknown().transform((value, context) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(value));
  const ms =
    value === 0 ? 0 : match === null ? Number.NaN : Number(match[1]) * (FACTORS[match[2] ?? ""] ?? 0);
  if (ms <= LONGEST_MS) return ms;
  context.addIssue({
    code: "custom",
    message: "it should be a duration of up to an hour, such as 30s or 5m",
  });
  return z.NEVER;
});

/** `0.5%` or 0.005. */
const share = z.unknown().transform((value, context) => {
  const percent = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value)?.[1] : undefined;
  const ratio =
    typeof value === "number" ? value : percent === undefined ? Number.NaN : Number(percent) / 100;
  if (ratio >= 0 && ratio < 1) return ratio;
  context.addIssue({ code: "custom", message: "it should be a share below 100 %, such as 0.5% or 0.005" });
  return z.NEVER;
});

const number = z
  .number("it should be a number")
  .nonnegative("it should not be negative")
  .max(1e12, "it is too large");

/** How a threshold is written, by what the rule compares. */
const THRESHOLDS: Readonly<Record<AlertUnit, z.ZodType<number, unknown>>> = {
  share,
  us: duration.transform((ms) => ms * 1000),
  ms: duration,
  "per-second": number,
  factor: number.min(1, "it should be a factor of at least 1"),
  count: number,
  bytes: number,
};

function ruleSchema({ name, unit }: AlertRule) {
  const isRoundTrip = name === "round-trip";
  return z.union([
    z.literal(false).transform(() => ({ enabled: false })),
    z
      .strictObject(
        {
          enabled: z.boolean("it should be true or false"),
          severity: alertSeveritySchema,
          threshold: THRESHOLDS[unit],
          for: duration,
          keepFiring: duration,
          lookBack: duration.refine((ms) => ms >= 10_000, "it should be at least 10s"),
          floor: number,
          leastRise: isRoundTrip ? duration.transform((ms) => ms * 1000) : number,
        },
        `a rule takes enabled, severity, threshold, for, keepFiring, lookBack, floor and leastRise, or false`,
      )
      .partial()
      .transform(({ for: forMs, keepFiring: keepFiringMs, lookBack: lookBackMs, ...rest }) => ({
        ...rest,
        ...(forMs !== undefined && { forMs }),
        ...(keepFiringMs !== undefined && { keepFiringMs }),
        ...(lookBackMs !== undefined && { lookBackMs }),
      })),
  ]);
}

const fileSchema = z.strictObject({ rules: z.record(z.string(), z.unknown()).default({}) });

/**
 * The rules that ship, as a YAML file changes them.
 *
 * @throws Fault `ALERT_RULES_INVALID`, naming the file, the rule and the field.
 */
export function readRules(path: string | undefined): AlertRules {
  if (path === undefined) return DEFAULT_RULES;
  const file = fileSchema.safeParse(readYaml(path) ?? {});
  if (!file.success) throw invalid(path, file.error.issues[0], []);
  const rules: Record<AlertRuleName, AlertRule> = { ...DEFAULT_RULES };
  for (const [key, value] of Object.entries(file.data.rules)) {
    const name = alertRuleSchema.safeParse(key);
    if (!name.success)
      throw new Fault({
        code: "ALERT_RULES_INVALID",
        message: `${path}: there is no rule ${JSON.stringify(key)}.`,
        hint: `The rules are ${alertRuleSchema.options.join(", ")}.`,
      });
    const rule = rules[name.data];
    // A switch and a set of fields fail for reasons of their own: tell the one of the form that was meant.
    const parsed = ruleSchema(rule).safeParse(value);
    if (!parsed.success) throw invalid(path, deepest(parsed.error.issues[0]), ["rules", key]);
    rules[name.data] = { ...rule, ...parsed.data };
  }
  return rules;
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw new Fault({
      code: "ALERT_RULES_INVALID",
      message: `The alert rules cannot be read from ${path}: ${describe(thrown)}.`,
      hint: "Name a YAML file with --alert-rules, or leave it out for the rules that ship.",
      cause: thrown,
    });
  }
}

type Issue = z.core.$ZodIssue;

/** Of a value that fits no form, the issue of the form that it fits best. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  const inner = issue.errors.map((issues) => issues[0]).filter((one) => one !== undefined);
  const best =
    inner.findLast((one) => one.path.length > 0 || one.code === "unrecognized_keys") ?? inner.at(-1);
  const found = deepest(best);
  return found === undefined ? issue : { ...found, path: [...issue.path, ...found.path] };
}

function invalid(path: string, issue: Issue | undefined, at: readonly PropertyKey[]): Fault {
  const keys = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const field = [...at, ...(issue?.path ?? []), ...keys].map(String).join(".");
  const why = keys.length > 0 ? "is no field of it" : (issue?.message ?? "it does not fit");
  return new Fault({
    code: "ALERT_RULES_INVALID",
    message: `${path}: ${field === "" ? "the file" : field}: ${why}.`,
    hint: "docs/alerts.md has every rule with its fields.",
  });
}
