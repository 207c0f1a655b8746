import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { SPECS } from "../../apps/agent/src/metrics.js";
import { CollectorMetrics } from "../../apps/collector/src/metrics.js";

const FOLDER = new URL("../../deploy/dashboards/", import.meta.url);

const datasource = z.object({ type: z.literal("prometheus"), uid: z.literal("$datasource") });
const gridPos = z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() });
const panelSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("row"), id: z.number(), title: z.string(), gridPos }),
  z.object({
    ...{ type: z.enum(["stat", "timeseries"]), id: z.number(), title: z.string(), gridPos, datasource },
    description: z.string().min(1),
    fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
    targets: z.array(z.object({ datasource, expr: z.string(), legendFormat: z.string() })).min(1),
  }),
]);
type Panel = z.output<typeof panelSchema>;
const dashboardSchema = z.object({ uid: z.string(), title: z.string(), panels: z.array(panelSchema) });

/** What Prometheus adds to every series, and what a histogram's buckets have. */
const ALWAYS = ["instance", "le"];

async function labelsByMetric(): Promise<Map<string, readonly string[]>> {
  const collector = await new CollectorMetrics().registry.getMetricsAsArray();
  const labels = new Map<string, readonly string[]>(SPECS.map((spec) => [spec.name, spec.labels ?? []]));
  for (const metric of collector)
    labels.set(metric.name, "labelNames" in metric ? z.array(z.string()).parse(metric.labelNames) : []);
  return labels;
}

function exprsOf(panel: Panel): string[] {
  return panel.type === "row" ? [] : panel.targets.map(({ expr }) => expr);
}

function overlaps({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

describe.each(files)("the dashboard %s", (file) => {
  const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));

  it("names only metrics that agents and collectors export, and labels that those have", async () => {
    const labels = await labelsByMetric();
    for (const panel of panels) {
      for (const expr of exprsOf(panel)) {
        const names = [...expr.matchAll(/\b(?:hopline|process)_[a-z_]+/g)].map(([name]) => name);
        expect(names.length, expr).toBeGreaterThan(0);
        const known = new Set(ALWAYS);
        for (const name of names) {
          const metric = labels.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, "");
          expect([...labels.keys()], expr).toContain(metric);
          for (const label of labels.get(metric) ?? []) known.add(label);
        }
        const grouped = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
          list.split(", "),
        );
        const matched = [...expr.matchAll(/\{([a-z_]+)=/g)].map(([, label = ""]) => label);
        for (const label of [...grouped, ...matched]) expect([...known], expr).toContain(label);
      }
    }
  });

  it("shows in its legends what it groups by", () => {
    for (const panel of panels) {
      if (panel.type === "row") continue;
      for (const { expr, legendFormat } of panel.targets) {
        for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(expr).toContain(label);
      }
    }
  });

  it("has each panel at a place and under a number of its own", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    panels.forEach((panel, index) => {
      expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
      for (const other of panels.slice(index + 1))
        expect(overlaps(panel, other), `${panel.title} and ${other.title}`).toBe(false);
    });
  });
});
