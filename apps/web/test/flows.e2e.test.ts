import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { Stage } from "./browser/stage";
import { connectionsIn } from "./fixture/traffic";
import { shopWorld } from "./fixture/world";

const rowIds = (page: Page) =>
  page.$$eval("tr[data-connection]", (rows) => rows.map((row) => row.getAttribute("data-connection")));
const cells = (page: Page, column: string) =>
  page.$$eval(`[data-cell='${column}']`, (found) => found.map((cell) => cell.textContent ?? ""));
const total = async (page: Page) => Number(await page.locator("[data-total]").getAttribute("data-total"));
/** Off the table: a pointer over it holds new rows back. */
const pointAway = (page: Page) => page.mouse.move(400, 20);

describe.skipIf(NO_BROWSER !== undefined)(
  `flows in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("shows new connections as they come, only those in sight being in the page", async () => {
      const page = await stage.open("/flows");
      await pointAway(page);
      await page.locator("[data-stream='open']").waitFor();
      const [first] = await rowIds(page);
      const before = await total(page);
      await eventually(async () => (await rowIds(page))[0]).not.toBe(first);
      expect(await total(page)).toBeGreaterThan(before);
      expect((await rowIds(page)).length).toBeLessThan(60);
    });

    it("does not shove what is being read: rows wait while the reader has scrolled down", async () => {
      const page = await stage.open("/flows");
      await pointAway(page);
      await page.locator("[data-stream='open']").waitFor();
      await page.locator("[data-scroller]").evaluate((scroller) => scroller.scrollTo({ top: 900 }));
      await page.waitForTimeout(300);
      const before = await rowIds(page);
      await page.getByRole("button", { name: /\d new$/ }).waitFor({ timeout: 15_000 });
      expect(await rowIds(page)).toEqual(before);
      await page.getByRole("button", { name: /\d new$/ }).click();
      await eventually(() => page.locator("[data-scroller]").evaluate((scroller) => scroller.scrollTop)).toBe(
        0,
      );
      expect((await rowIds(page))[0]).not.toBe(before[0]);
    });

    it("stands still while paused and catches up on resume", async () => {
      const page = await stage.open("/flows");
      await pointAway(page);
      await page.locator("[data-stream='open']").waitFor();
      await page.getByRole("button", { name: "Pause" }).click();
      await pointAway(page);
      const before = await rowIds(page);
      await page.getByText(/Paused, \d+ new/).waitFor({ timeout: 15_000 });
      expect(await rowIds(page)).toEqual(before);
      await page.getByRole("button", { name: "Resume" }).click();
      await eventually(async () => (await rowIds(page))[0]).not.toBe(before[0]);
    });

    it("sorts on the server and keeps the order in the address", async () => {
      const page = await stage.open("/flows");
      await page.locator("tr[data-connection]").first().waitFor();
      await page.getByRole("button", { name: "Bytes" }).click();
      await eventually(() => new URL(page.url()).searchParams.get("sort")).toBe("bytes");
      const now = Date.now();
      const world = stage.collector.world;
      const largest = Math.max(
        ...connectionsIn(world, now - 900_000, now - 60_000, {}).map(
          ({ forward, reply }) => forward.bytes + reply.bytes,
        ),
      );
      const [first] = await rowIds(page);
      await eventually(async () => (await rowIds(page))[0]).toBe(
        connectionsIn(world, now - 900_000, Date.now(), {}).find(
          ({ forward, reply }) => forward.bytes + reply.bytes === largest,
        )?.id,
      );
      expect(first).toBeDefined();
      expect(await page.getByRole("columnheader", { name: "Bytes" }).getAttribute("aria-sort")).toBe(
        "descending",
      );
      await page.getByRole("button", { name: "Bytes" }).click();
      await eventually(() => new URL(page.url()).searchParams.get("order")).toBe("asc");
      await page.reload();
      expect(await page.getByRole("columnheader", { name: "Bytes" }).getAttribute("aria-sort")).toBe(
        "ascending",
      );
    });

    it("loads further pages as the reader goes down", async () => {
      const page = await stage.open("/flows?sort=bytes");
      await page.locator("tr[data-connection]").first().waitFor();
      const loaded = async () =>
        Number((await page.locator("[data-total]").textContent())?.match(/([\d,]+) loaded/)?.[1]);
      await eventually(loaded).toBe(100);
      await page.locator("[data-scroller]").evaluate((scroller) => scroller.scrollTo({ top: 4_000 }));
      await eventually(loaded).toBe(200);
    });

    it("filters by outcome, from the address and by the bar, live rows included", async () => {
      const page = await stage.open("/flows?outcome=refused");
      await page.locator("[data-stream='open']").waitFor();
      await eventually(async () => new Set(await cells(page, "outcome"))).toEqual(new Set(["refused"]));
      await page.getByRole("textbox", { name: "Name or address" }).fill("no-such-thing");
      await page.getByText("Nothing fits this filter").waitFor();
      await page.getByRole("button", { name: "Clear the filter" }).click();
      await eventually(() => new URL(page.url()).search).not.toContain("outcome");
    });

    it("shows a connection's hops side by side, and where payload went missing", async () => {
      const page = await stage.open(
        "/flows?client=workload:shop/Deployment/api&server=workload:data/StatefulSet/postgres&scope=cross-node&sort=bytes",
      );
      await page.locator("tr[data-connection]").first().locator("[data-cell='client']").click();
      const ledger = page.locator("[data-ledger]");
      await ledger.waitFor();
      expect(await ledger.locator("th[data-hop]").count()).toBe(4);
      expect(await ledger.getByText("192.168.50.11").count()).toBeGreaterThan(0);
      expect(await ledger.locator("[data-direction]").count()).toBe(2);
      await page.getByText("did not reach").first().waitFor();
      const id = new URL(page.url()).searchParams.get("connection");
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      await page.reload();
      await ledger.waitFor();
    });

    it("opens the hops by keyboard", async () => {
      const page = await stage.open("/flows?sort=bytes");
      await page
        .getByRole("button", { name: /, hops of/ })
        .first()
        .focus();
      await page.keyboard.press("Enter");
      await page.locator("[data-ledger]").waitFor();
    });
  },
);
