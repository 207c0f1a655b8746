import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

const names = (page: Page) =>
  page.$$eval("[data-dns-names] tbody tr td:first-child span.font-mono", (found) =>
    found.map((cell) => cell.textContent ?? ""),
  );

describe.skipIf(NO_BROWSER !== undefined)(
  `DNS in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("shows names that fail before names that are none, with codes in words", async () => {
      const page = await stage.open("/dns");
      await page.locator("[data-dns-names]").waitFor();
      const [first] = await names(page);
      expect(first).toMatch(/^old-.*\.example$/);
      const row = page.locator("[data-dns-names] tbody tr").first();
      expect(await row.textContent()).toContain("no answer9");
      expect(await row.textContent()).toContain("SERVFAIL4");
      expect(await row.getByRole("link").getAttribute("href")).toMatch(/^\/flows\?client=\S+&port=53/);
    });

    it("filters by name and code and sorts, all of it in the address", async () => {
      const page = await stage.open("/dns");
      await page.locator("[data-dns-names]").waitFor();
      await page.getByRole("radio", { name: "NXDOMAIN" }).click();
      await eventually(() => new URL(page.url()).searchParams.get("code")).toBe("3");
      await eventually(async () => (await names(page)).every((name) => name.split("svc").length === 3)).toBe(
        true,
      );
      await page.getByRole("radio", { name: "All" }).click();
      await page.getByRole("radio", { name: "Name" }).click();
      await eventually(async () => {
        const shown = await names(page);
        return (
          shown.length > 1 && shown.every((name, index) => index === 0 || (shown[index - 1] ?? "") <= name)
        );
      }).toBe(true);
      await page.getByRole("textbox", { name: "Name asked for" }).fill("no-such-name");
      await page.getByText("No question fits this filter").waitFor();
      await page.getByRole("button", { name: "Clear the filter" }).click();
      await eventually(async () => (await names(page)).length).toBeGreaterThan(1);
      await page.reload();
      expect(new URL(page.url()).searchParams.get("sort")).toBe("name");
    });

    it("fits a phone without scrolling sideways", async () => {
      const page = await stage.open("/dns", { viewport: NARROW });
      await page.locator("ul[data-dns-names] li").first().waitFor();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  },
);
