import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EDGE = encodeURIComponent("workload:shop/Deployment/api>workload:data/StatefulSet/postgres");

/** Each page, and what must be there before it is looked at. */
const PAGES = [
  ["/map", "[data-card]"],
  ["/map?view=list", "table[data-view='list'] tbody tr"],
  [`/map?edge=${EDGE}`, "[data-chart='Bytes'] path.recharts-area-area"],
  ["/flows", "[data-connection]"],
  ["/flows?outcome=refused&sort=bytes", "[data-connection]"],
  ["/loss?source=node1&destination=node2", "[data-chart='Loss']"],
  ["/status", "[data-level]"],
] as const;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function seriousViolations(page: Page): Promise<string[]> {
  // Through the debugger, not by a script element: the page's own policy would rightly refuse that.
  await page.evaluate(AXE);
  const violations = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) })))",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(" | ")}`,
    );
}

describe.skipIf(NO_BROWSER !== undefined)(
  `states in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("says that the collector is away, keeps the last map greyed, and recovers by itself", async () => {
      const page = await stage.open("/map", { mayFail: true });
      await page.locator("[data-card]").first().waitFor({ timeout: 30_000 });
      await stage.collector.stop();
      const alert = page.locator("[data-problem='COLLECTOR_UNREACHABLE']");
      await alert.waitFor({ timeout: 15_000 });
      expect(await alert.textContent()).toContain("does not answer");
      expect(await page.locator("[data-card]").count()).toBe(19);
      expect(await page.locator(".stale").count()).toBeGreaterThan(0);
      await stage.collector.start(stage.collectorPort);
      await alert.waitFor({ state: "detached", timeout: 15_000 });
      expect(await page.locator(".stale").count()).toBe(0);
    });

    it("does the same for flows and status, also when it is away from the start", async () => {
      await stage.collector.stop();
      const flows = await stage.open("/flows", { mayFail: true });
      await flows.locator("[data-problem='COLLECTOR_UNREACHABLE']").waitFor();
      const status = await stage.open("/status", { mayFail: true });
      await status.locator("[data-problem='COLLECTOR_UNREACHABLE']").waitFor();
      await stage.collector.start(stage.collectorPort);
      await flows.locator("tr[data-connection]").first().waitFor({ timeout: 15_000 });
      await flows.locator("[data-stream='open']").waitFor({ timeout: 15_000 });
      await status.locator("[data-level]").waitFor({ timeout: 15_000 });
      await stage.collector.stop();
      await flows.locator("[data-problem='COLLECTOR_UNREACHABLE']").waitFor({ timeout: 15_000 });
      await stage.collector.start(stage.collectorPort);
      await flows.locator("[data-problem]").waitFor({ state: "detached", timeout: 15_000 });
    });

    it("names what is not known on the status page", async () => {
      const page = await stage.open("/status");
      const card = page.getByRole("region", { name: "Completeness" });
      expect(await card.textContent()).toContain("node2 dropped 1,204 frames");
      expect(await page.getByRole("table", { name: "Agents" }).textContent()).toContain("node1");
      expect(await page.getByRole("table", { name: "Watches" }).textContent()).toContain("forbidden");
    });

    it("follows the system's theme, and remembers another that is chosen", async () => {
      const background = (page: Page) =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const dark = await stage.open("/status", { colorScheme: "dark" });
      expect(await background(dark)).toBe("rgb(13, 16, 20)");
      const light = await stage.open("/status", { colorScheme: "light" });
      expect(await background(light)).toBe("rgb(244, 246, 248)");
      const button = light.getByRole("button", { name: /^Theme:/ });
      await button.click();
      await button.click();
      await eventually(() => background(light)).toBe("rgb(13, 16, 20)");
      await light.reload();
      expect(await background(light)).toBe("rgb(13, 16, 20)");
    });

    it.each(PAGES)("%s has no serious accessibility violation, light and dark", async (path, ready) => {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await stage.open(path, { colorScheme, reducedMotion: "reduce" });
        await page.locator(ready).first().waitFor({ timeout: 30_000 });
        await page.waitForTimeout(400);
        expect(await seriousViolations(page)).toEqual([]);
      }
    });

    it.each(PAGES)("%s is no wider than a phone", async (path, ready) => {
      const page = await stage.open(path, { viewport: NARROW });
      if (!path.startsWith("/map")) await page.locator(ready).first().waitFor({ timeout: 30_000 });
      else
        await page
          .locator("table[data-view='list'] tbody tr, [data-card]")
          .first()
          .waitFor({ timeout: 30_000 });
      const widths = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(widths[0]).toBe(widths[1]);
    });

    it("carries filter and time from page to page", async () => {
      const page = await stage.open("/map?namespace=data&last=1h&view=list");
      await page.getByRole("link", { name: "Flows" }).first().click();
      await page.locator("tr[data-connection]").first().waitFor();
      const params = new URL(page.url()).searchParams;
      expect([params.get("namespace"), params.get("last"), params.get("view")]).toEqual(["data", "1h", null]);
    });

    it("sets a content security policy with a nonce of its own for every page, and the other headers", async () => {
      const [one, two] = await Promise.all([fetch(`${stage.url}/map`), fetch(`${stage.url}/map`)]);
      const policy = one.headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]+' 'strict-dynamic'/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toBe(two.headers.get("content-security-policy"));
      expect(one.headers.get("x-content-type-options")).toBe("nosniff");
      expect(one.headers.get("x-powered-by")).toBeNull();
    });
  },
);
