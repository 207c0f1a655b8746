import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { CollectorMetrics } from "../../src/metrics.js";

const FILE = new URL("../../../../deploy/prometheus/hopline-rules.yaml", import.meta.url);

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Hopline[A-Za-z]+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.strictObject({ summary: z.string() }),
        }),
      ),
    }),
  ),
});

it("Prometheus is given rules on metrics, and labels of them, that there are", async () => {
  const { groups } = rulesSchema.parse(parse(readFileSync(FILE, "utf8")));
  const rules = groups.flatMap((group) => group.rules);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const metrics = await new CollectorMetrics().registry.getMetricsAsJSON();
  const names = new Set(metrics.map(({ name }) => name));
  for (const { alert, expr } of rules) {
    const used = [...expr.matchAll(/hopline_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ""));
    expect(used.length, alert).toBeGreaterThan(0);
    for (const name of used) expect(names, alert).toContain(name);
  }
});
