import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

describe.skipIf(NO_BROWSER !== undefined)(
  `Alerts in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("shows what fires first, what was true then, and leads to the page that shows it", async () => {
      const page = await stage.open("/alerts");
      await page.locator('[data-total="5"]').waitFor();
      const ids = await page
        .locator("[data-alert]")
        .evaluateAll((items) => items.map((item) => item.getAttribute("data-alert")?.slice(-2)));
      expect(ids).toEqual(["a1", "a2", "a3", "a4", "a5"]);
      const firing = page.locator('[data-alert="00000000000000a1"]');
      expect(await firing.textContent()).toMatch(/Loss on the wire node1 → node2.*firing.*critical/);
      expect(await firing.textContent()).toMatch(/missing payload168\skB/);
      expect(await firing.textContent()).toMatch(/fires above0\.5\s%/);
      // Those that are over open to the same.
      const over = page.locator('[data-alert="00000000000000a5"]');
      await over.locator("summary").click();
      expect(await over.textContent()).toMatch(/5\.1 times its usual/);
      expect(await page.getByText("not taken").isVisible()).toBe(true);

      await page.getByRole("radio", { name: "Resolved" }).click();
      await eventually(() => page.locator("[data-alert]").count()).toBe(3);
      expect(new URL(page.url()).searchParams.get("state")).toBe("resolved");
      await page.getByRole("radio", { name: "Active" }).click();
      await firing.getByRole("link", { name: "Loss at that time" }).click();
      await page.locator('[data-cell="node1 node2"]').waitFor();
      expect(new URL(page.url()).pathname).toBe("/loss");
      // How many fire is seen from every page.
      expect(await page.locator('[data-firing="1"]').isVisible()).toBe(true);
    });

    it("fits a phone, whose bar keeps the rest of the pages on a sheet", async () => {
      const page = await stage.open("/alerts", { viewport: NARROW });
      await page.locator('[data-total="5"]').waitFor();
      const overflow = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(await overflow()).toBeLessThanOrEqual(0);
      const bar = page.getByRole("navigation", { name: "Pages" });
      expect(
        await bar.getByRole("link").evaluateAll((links) => links.map((link) => link.textContent)),
      ).toEqual(expect.arrayContaining(["Map"]));
      expect(await bar.getByRole("link", { name: "Status" }).isVisible()).toBe(false);
      await bar.getByRole("button", { name: "More pages" }).click();
      const sheet = page.getByRole("dialog", { name: "More pages" });
      await sheet.getByRole("link", { name: "Status" }).click();
      await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
      await sheet.waitFor({ state: "hidden" });
      expect(await bar.getByRole("button", { name: "More pages, now Status" }).textContent()).toBe("Status");
      expect(await overflow()).toBeLessThanOrEqual(0);
    });
  },
);
