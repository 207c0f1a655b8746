import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@hopline/fault";
import { describe, expect, it } from "vitest";
import { DEFAULT_RULES } from "../../src/alerts/rules/default-rules.js";
import { readRules } from "../../src/alerts/rules/read-rules.js";
import { temporaryFolder } from "../temporary-folder.js";

async function read(yaml: string) {
  const path = join(await temporaryFolder(), "rules.yaml");
  await writeFile(path, yaml);
  return readRules(path);
}

async function refusal(yaml: string): Promise<string> {
  try {
    await read(yaml);
  } catch (thrown) {
    if (thrown instanceof Fault) return `${thrown.code} ${thrown.message.replace(/^.*rules\.yaml: /, "")}`;
    throw thrown;
  }
  return "taken";
}

describe("a file of alert rules", () => {
  it("changes what it names and leaves the rest as it ships", async () => {
    const rules = await read(`
rules:
  wire-loss: { threshold: 1%, for: 1m, floor: 1000, severity: warning }
  dns-latency: { threshold: 50ms, lookBack: 2m, keepFiring: 0 }
  round-trip: { threshold: 3, leastRise: 5ms }
  policy-drops: false
  agent-silent: { enabled: false }
`);
    expect(rules["wire-loss"]).toEqual({
      ...DEFAULT_RULES["wire-loss"],
      threshold: 0.01,
      forMs: 60_000,
      floor: 1000,
      severity: "warning",
    });
    expect(rules["dns-latency"]).toMatchObject({ threshold: 50_000, lookBackMs: 120_000, keepFiringMs: 0 });
    expect(rules["round-trip"]).toMatchObject({ threshold: 3, leastRise: 5000 });
    expect([rules["policy-drops"].enabled, rules["agent-silent"].enabled]).toEqual([false, false]);
    expect(rules["node-loss"]).toEqual(DEFAULT_RULES["node-loss"]);
    expect(await read("")).toEqual(DEFAULT_RULES);
    expect(readRules(undefined)).toBe(DEFAULT_RULES);
  });

  it.each([
    ["rules: { wire-los: false }", 'there is no rule "wire-los".'],
    [
      "rules: { wire-loss: { threshold: 120% } }",
      "rules.wire-loss.threshold: it should be a share below 100 %, such as 0.5% or 0.005.",
    ],
    [
      "rules: { wire-loss: { for: 30 } }",
      "rules.wire-loss.for: it should be a duration of up to an hour, such as 30s or 5m.",
    ],
    [
      "rules: { wire-loss: { for: 30 s } }",
      "rules.wire-loss.for: it should be a duration of up to an hour, such as 30s or 5m.",
    ],
    ["rules: { wire-loss: { treshold: 1% } }", "rules.wire-loss.treshold: is no field of it."],
    [
      "rules: { dns-latency: { threshold: 20% } }",
      "rules.dns-latency.threshold: it should be a duration of up to an hour, such as 30s or 5m.",
    ],
    ["rules: { wire-loss: { lookBack: 1s } }", "rules.wire-loss.lookBack: it should be at least 10s."],
    [
      "rules: { wire-loss: true }",
      "rules.wire-loss: a rule takes enabled, severity, threshold, for, keepFiring, lookBack, floor and leastRise, or false.",
    ],
    ["groups: []", "groups: is no field of it."],
  ])("%s: %s", async (yaml, message) => {
    expect(await refusal(yaml)).toBe(`ALERT_RULES_INVALID ${message}`);
  });

  it("must be there, and be YAML", async () => {
    expect(() => readRules("/nowhere/rules.yaml")).toThrow(/\/nowhere\/rules\.yaml.*ENOENT/);
    expect(await refusal("rules: [")).toMatch(/^ALERT_RULES_INVALID Flow sequence/);
  });
});
