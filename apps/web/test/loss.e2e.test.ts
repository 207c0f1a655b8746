import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

describe.skipIf(NO_BROWSER !== undefined)(
  `Loss in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("says which pair of nodes loses what, and shows the chosen one over time, all of it in the address", async () => {
      const page = await stage.open("/loss");
      const lossy = page.locator('[data-cell="node1 node2"]');
      await lossy.waitFor();
      expect(await lossy.textContent()).toMatch(/^2\s%$/);
      expect(await page.locator('[data-cell="node2 node1"]').textContent()).toMatch(/^0\s%$/);
      expect(await page.locator('[data-cell="node1 node3"]').textContent()).toBe("unknown");
      await lossy.click();
      await page.locator('[data-chart="Loss"]').waitFor();
      await eventually(() => new URL(page.url()).searchParams.get("source")).toBe("node1");
      expect(await page.getByRole("region", { name: "node1 to node2" }).textContent()).toMatch(
        /80\skB of 4\sMB/,
      );
      const worst = page.locator("[data-worst-connections] a").first();
      expect(await worst.getAttribute("href")).toMatch(/^\/path\/[0-9a-f]{16}/);
      expect(await page.locator("[data-worst-edges] tbody tr").count()).toBe(1);
      expect(await page.locator('[data-cell="node1 outside"]').textContent()).toMatch(/^up to 0.5\s%$/);
      await page.reload();
      await page.locator('[data-chart="Loss"]').waitFor();
      await page.getByRole("radio", { name: "Source node" }).click();
      await eventually(async () => (await lossy.textContent())?.replace(/\s/, " ")).toBe("0 %");
      expect(new URL(page.url()).searchParams.get("segment")).toBe("source node");
    });

    it("says what the chosen wire adds to round trips, and by whom", async () => {
      const page = await stage.open("/loss");
      await page.getByRole("radio", { name: "Latency" }).click();
      const slow = page.locator('[data-cell="node2 node1"]');
      await slow.waitFor();
      expect(await slow.textContent()).toMatch(/^80.1\sms$/);
      await page.getByRole("radio", { name: "p50" }).click();
      await eventually(async () => (await slow.textContent())?.replace(/\s/, " ")).toBe("40 ms");
      await slow.click();
      await page.locator('[data-chart="Latency"]').waitFor();
      expect(await page.locator("[data-latency-hops] tbody tr").count()).toBe(4);
      expect(await page.locator("[data-latency-edges]").textContent()).toContain("shop/web");
      expect(new URL(page.url()).searchParams.get("show")).toBe("latency");
    });

    it("fits a phone without scrolling sideways", async () => {
      const page = await stage.open("/loss?source=node1&destination=node2", { viewport: NARROW });
      await page.locator('[data-chart="Loss"]').waitFor();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  },
);
