import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { bigWorld, shopWorld, type World } from "./fixture/world";

const API_TO_POSTGRES = "workload:shop/Deployment/api>workload:data/StatefulSet/postgres";
const WEB = "workload:shop/Deployment/web";

/** Card id to its place in the map's own coordinates: panning and zooming do not count. */
function positionsOf(page: Page): Promise<Record<string, string>> {
  return page.$$eval(".react-flow__node-card", (cards) =>
    Object.fromEntries(
      cards.map((card) => [card.getAttribute("data-id") ?? "", (card as HTMLElement).style.transform]),
    ),
  );
}

const laidOut = (page: Page) => page.waitForSelector("[data-card]", { timeout: 30_000 });

describe.skipIf(NO_BROWSER !== undefined)(
  `the map in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    it("shows workloads in their namespaces and an edge for every conversation", async () => {
      const page = await stage.open("/");
      await laidOut(page);
      expect(new URL(page.url()).pathname).toBe("/map");
      await eventually(() => page.locator("[data-card]").count()).toBe(19);
      await eventually(() => page.locator("[data-edge]").count()).toBe(33);
      expect(await page.locator(`[data-card="${WEB}"]`).textContent()).toContain("web");
      const groups = await page.locator(".react-flow__node-namespace").allTextContents();
      expect(groups.some((text) => text.startsWith("kube-system"))).toBe(true);
      expect(await page.locator(`[data-edge="${API_TO_POSTGRES}"]`).getAttribute("data-health")).toBe(
        "lossy",
      );
      await eventually(() => page.locator("[data-label]").count()).toBeGreaterThan(10);
    });

    it("shows the edges of a fixed time, for which nothing is asked again", async () => {
      const to = Date.now() - 60_000;
      const fixed = `from=${new Date(to - 600_000).toISOString()}&to=${new Date(to).toISOString()}`;
      const page = await stage.open(`/map?${fixed}`);
      await laidOut(page);
      await eventually(() => page.locator("[data-edge]").count()).toBeGreaterThan(25);
    });

    it("opens a panel with charts, ports and flows for the edge in the address", async () => {
      const page = await stage.open(`/map?edge=${encodeURIComponent(API_TO_POSTGRES)}`);
      const panel = page.getByRole("complementary", { name: "shop/api to data/postgres" });
      await panel.waitFor();
      await panel.locator("[data-chart='Bytes'] path.recharts-area-area").first().waitFor();
      await panel.locator("[data-chart='Handshake'] path.recharts-line-curve").first().waitFor();
      expect(await panel.getByRole("region", { name: "Ports and services" }).textContent()).toContain(
        "tcp/5432",
      );
      const link = panel.getByRole("link", { name: /in Flows/ });
      const target = new URL((await link.getAttribute("href")) ?? "", stage.url);
      expect(target.searchParams.get("client")).toBe("workload:shop/Deployment/api");
      expect(target.searchParams.get("server")).toBe("workload:data/StatefulSet/postgres");
      await page.keyboard.press("Escape");
      await eventually(() => new URL(page.url()).searchParams.get("edge")).toBeNull();
    });

    it("opens an edge and a card by click and by keyboard, and puts them into the address", async () => {
      const page = await stage.open("/map");
      await laidOut(page);
      await page.locator(`[data-edge="${API_TO_POSTGRES}"]`).dispatchEvent("click");
      await eventually(() => new URL(page.url()).searchParams.get("edge")).toBe(API_TO_POSTGRES);
      await page.locator(`[data-card="${WEB}"]`).click();
      await eventually(() => new URL(page.url()).searchParams.get("card")).toBe(WEB);
      expect(new URL(page.url()).searchParams.get("edge")).toBeNull();
      await page.getByRole("complementary", { name: "shop/web" }).getByText("Is called by").waitFor();
      await page.getByRole("button", { name: "Close panel" }).click();

      await page.locator(`.react-flow__node[data-id="${WEB}"]`).focus();
      await page.keyboard.press("Enter");
      await eventually(() => new URL(page.url()).searchParams.get("card")).toBe(WEB);
    });

    it("keeps every card where it is while figures move and workloads come", async () => {
      const page = await stage.open("/map");
      await laidOut(page);
      await eventually(() => page.locator("[data-card]").count()).toBe(19);
      const before = await positionsOf(page);
      const shop = shopWorld();
      const [first] = shop.conversations;
      if (first === undefined) throw new Error("the shop is silent");
      const newcomer = {
        ...first,
        server: { ...first.server, entity: { ...first.server.entity, namespace: "shop", name: "newcomer" } },
      };
      stage.collector.world = { ...shop, conversations: [...shop.conversations, newcomer] };
      await page.locator("[data-card='workload:shop/DaemonSet/newcomer']").waitFor({ timeout: 15_000 });
      expect(await positionsOf(page)).toMatchObject(before);
      await page.getByRole("button", { name: "Re-layout" }).click();
      await eventually(async () => JSON.stringify(await positionsOf(page))).not.toBe(
        JSON.stringify(await positionsOf(page).then((now) => ({ ...now, ...before }))),
      );
    });

    it("takes filter and time from the address, shows them as chips, and gives them back when they are removed", async () => {
      const page = await stage.open("/map?namespace=data&protocol=tcp&last=1h");
      await laidOut(page);
      const chips = page.getByRole("list", { name: "Filters" });
      expect(await chips.textContent()).toContain("data");
      expect(await page.getByRole("button", { name: /^Time range/ }).textContent()).toContain("Last hour");
      await eventually(() =>
        page.locator("[data-card='workload:kube-system/Deployment/coredns']").count(),
      ).toBe(0);
      await page.getByRole("button", { name: "Remove filter Namespace data" }).click();
      await eventually(() => new URL(page.url()).searchParams.get("namespace")).toBeNull();
      expect(new URL(page.url()).searchParams.get("protocol")).toBe("tcp");
      await page.goBack();
      await chips.getByText("data", { exact: true }).waitFor();
      await page.reload();
      await chips.getByText("data", { exact: true }).waitFor();
    });

    it("filters by what is chosen in the bar", async () => {
      const page = await stage.open("/map");
      await laidOut(page);
      await page.getByRole("button", { name: "All namespaces" }).click();
      await page.getByRole("checkbox", { name: "monitoring" }).check();
      await eventually(() => new URL(page.url()).searchParams.get("namespace")).toBe("monitoring");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Filter", exact: true }).click();
      await page.getByRole("button", { name: "Server port" }).click();
      await page.getByRole("textbox").last().fill("9090");
      await page.keyboard.press("Enter");
      await eventually(() => new URL(page.url()).searchParams.get("port")).toBe("9090");
      await page.keyboard.press("Escape");
      await eventually(() => page.locator("[data-card]").count()).toBe(2);
    });

    it("says what does not fit in the address instead of dropping it", async () => {
      const page = await stage.open("/map?scope=nowhere", { mayFail: true });
      const alert = page.locator("[data-problem='QUERY_INVALID']");
      await alert.waitFor();
      expect(await alert.textContent()).toContain("scope");
    });

    it("starts from the namespaces where there is too much for a screen, and opens them one by one", async () => {
      stage.collector.world = bigWorld();
      const page = await stage.open("/map");
      await laidOut(page);
      await eventually(() => page.locator("[data-card^='namespace:']").count()).toBe(20);
      expect(new URL(page.url()).searchParams.get("collapse")?.split(",")).toHaveLength(20);
      await page.getByRole("button", { name: "Expand namespace team-03" }).click();
      await eventually(() => page.locator("[data-card^='workload:team-03/']").count()).toBe(15);
      await page.getByRole("button", { name: "Expand all" }).click();
      await eventually(() => page.locator("[data-summary]").textContent()).toContain(
        "showing 80 of 300 ends",
      );
      await eventually(() => page.locator("[data-card]").count()).toBe(80);
      expect(new URL(page.url()).searchParams.get("collapse")).toBe("");
    });

    it("says that there is no traffic, and what to do", async () => {
      const silent: World = { ...shopWorld(), conversations: [] };
      stage.collector.world = silent;
      const page = await stage.open("/map");
      await page.getByText("No traffic in this range").waitFor();
      await page.getByRole("button", { name: "Look at the last 24 hours" }).click();
      await eventually(() => new URL(page.url()).searchParams.get("last")).toBe("24h");
    });

    it("shows the list first on a narrow screen, the map on demand, and details as a sheet", async () => {
      const page = await stage.open("/map", { viewport: NARROW });
      await page.locator("table[data-view='list'] tbody tr").first().waitFor();
      await page.getByRole("button", { name: /^Details of api to postgres/ }).click();
      const sheet = page.getByRole("dialog", { name: "shop/api to data/postgres" });
      await sheet.locator("[data-chart='Bytes']").waitFor();
      await sheet.getByRole("button", { name: "Close panel" }).click();
      await page.getByRole("radio", { name: "Map" }).click();
      await laidOut(page);
    });
  },
);
