import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

const rows = (page: Page) =>
  page.$$eval("[data-audit-rows] tbody tr", (found) =>
    found.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent ?? "")),
  );

describe.skipIf(NO_BROWSER !== undefined)(
  `the audit in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("puts what is unenforced first, and says what the record lacks", async () => {
      const page = await stage.open("/audit");
      await page.locator("[data-audit-rows]").waitFor();
      expect((await rows(page))[0]).toEqual(["scannershop", "redisdata", "tcp/6379"]);
      const banner = page.getByRole("region", { name: "Completeness of the record" });
      expect(await banner.getAttribute("data-complete")).toBe("false");
      expect(await banner.textContent()).toContain("65.9 % of the windows are whole");
      await banner.getByText("Node by node (3)").click();
      await banner.getByText("never heard", { exact: true }).waitFor();
    });

    it("exports the range and the filter that are shown, whatever the clock says since", async () => {
      const page = await stage.open("/audit?namespace=shop&last=5m");
      await page.locator("[data-audit-rows]").waitFor();
      await page.getByRole("radio", { name: "Denied" }).click();
      await eventually(async () => (await rows(page)).map(([client]) => client)).toEqual(["scannershop"]);
      const shown = await page.$$eval("p time", (times) =>
        times.slice(0, 2).map((time) => String(Date.parse(time.getAttribute("datetime") ?? ""))),
      );
      await page.getByRole("button", { name: "Export" }).click();
      const hrefs = await page.$$eval("a[href*='/audit/export']", (found) =>
        found.map((link) => link.getAttribute("href") ?? ""),
      );
      const queries = hrefs.map((href) => Object.fromEntries(new URL(href, "http://here").searchParams));
      expect(queries.map(({ format }) => format).sort()).toEqual(["csv", "html", "jsonl", "parquet", "tar"]);
      for (const { format: _, ...query } of queries)
        expect(query).toEqual({
          ...{ namespace: "shop", conformance: "denied-observed,denied-inferred", sort: "concern" },
          ...{ from: shown[0], to: shown[1] },
        });
    });

    it("leads from a row to its connections", async () => {
      const page = await stage.open("/audit");
      await page.locator("[data-audit-rows] tbody a").first().click();
      await eventually(() => new URL(page.url()).pathname).toBe("/flows");
      const query = new URL(page.url()).searchParams;
      expect(query.get("client")).toBe("workload:shop/Deployment/scanner");
      expect(query.get("port")).toBe("6379");
    });

    it("shows who looked at it, by who and what they did", async () => {
      const page = await stage.open("/audit");
      await page.getByRole("radio", { name: "Access log" }).click();
      const log = page.locator("[data-access-log] tbody tr");
      await eventually(() => log.count()).toBe(3);
      expect(await log.nth(1).locator("td").allTextContents()).toEqual([
        ...[expect.any(String), "ada@example.org", "10.0.0.7", "Exported", "41 rows, 18,211 bytes"],
        expect.stringMatching(
          /^from=2026-11-20T11:00:00Z {2}to=2026-11-20T12:00:00Z {2}namespace=shopsha256 5b41/,
        ),
      ]);
      await page.getByRole("radio", { name: "Tried policies" }).click();
      await eventually(() => log.count()).toBe(1);
      await page.getByRole("radio", { name: "Everything" }).click();
      await page.getByRole("textbox", { name: "Who, or from where" }).fill("ada");
      await eventually(() => log.count()).toBe(2);
      expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ show: "log", who: "ada" });
    });

    it("shows that on a phone, too", async () => {
      const page = await stage.open("/audit?show=log", { viewport: NARROW });
      await page.locator("ul[data-access-log] > li").nth(2).waitFor();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });

    it("fits a phone without scrolling sideways", async () => {
      const page = await stage.open("/audit", { viewport: NARROW });
      await page.locator("ul[data-audit-rows] > li").first().waitFor();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  },
);
