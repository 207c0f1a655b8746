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
      await page.reload();
      await page.locator('[data-chart="Loss"]').waitFor();
      await page.getByRole("radio", { name: "Source node" }).click();
      await eventually(async () => (await lossy.textContent())?.replace(/\s/, " ")).toBe("0 %");
      expect(new URL(page.url()).searchParams.get("segment")).toBe("source node");
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
