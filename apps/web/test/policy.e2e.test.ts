import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { eventually } from "./browser/eventually";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

const overflowOf = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What is written on the server takes no clicks before React has taken it over. */
const takenOver = (page: Page) =>
  page.waitForFunction(() =>
    Object.keys(document.querySelector("h1") ?? {}).some((key) => key.startsWith("__reactFiber")),
  );

describe.skipIf(NO_BROWSER !== undefined)(
  `policy in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());

    it("lists policies, what is not enforced first, and leads from a drop to its path in one click", async () => {
      const page = await stage.open("/policy");
      const rows = page.locator("[data-policies] tbody tr");
      await rows.first().waitFor();
      expect(await rows.first().textContent()).toContain("data/default-deny");
      expect(await rows.last().textContent()).toContain("never matched");
      expect(await page.locator("[data-problem-field]").textContent()).toContain(
        "spec.ingress[0].from[1].ipBlock.cidr",
      );
      const first = page.locator("[data-denials] a").first();
      expect(await first.textContent()).toContain("no rule of NetworkPolicy data/default-deny matches");
      await first.click();
      await eventually(() => new URL(page.url()).pathname).toMatch(/^\/path\/[0-9a-f]{16}$/);
    });

    it("shows a policy's rules with those without traffic, and takes it to What-if", async () => {
      const page = await stage.open("/policy");
      await takenOver(page);
      await page.getByRole("button", { name: "data/postgres-clients" }).click();
      await page.locator('[data-rule="ingress[1]"]').getByText("no traffic in this range").waitFor();
      expect(new URL(page.url()).searchParams.get("policy")).toBe("NetworkPolicy/data/postgres-clients");
      await page.getByRole("button", { name: "Edit it in What-if" }).click();
      const text = page.getByRole("textbox", { name: "Policies as YAML" });
      await eventually(() => text.inputValue()).toContain("name: postgres-clients");
    });

    it("tries what is pasted or uploaded, and says what would change and what is wrong", async () => {
      const page = await stage.open("/policy?show=what-if");
      await takenOver(page);
      await page.getByLabel("Manifests to upload").setInputFiles({
        name: "queue.yaml",
        mimeType: "application/yaml",
        buffer: Buffer.from("kind: NetworkPolicy\n\tname: queue\n"),
      });
      await page.getByRole("button", { name: "Try" }).click();
      await page.locator("[data-what-if]").waitFor();
      expect(await page.locator("[data-problem-field]").textContent()).toContain("line 2: is no YAML");
      const changes = await page.$$eval("[data-change]", (found) =>
        found.map((row) => row.getAttribute("data-change")),
      );
      expect(changes[0]).toBe("newly-denied");
      expect(changes).not.toContain("still-allowed");
      expect(await page.locator('[data-change="newly-denied"]').textContent()).toContain(
        "ingress: no rule of NetworkPolicy data/queue matches",
      );
      await page.getByRole("radio", { name: "All" }).click();
      await page.locator('[data-change="still-allowed"]').first().waitFor();
    });

    it("advises for a namespace, as a file that says it denies nothing", async () => {
      const page = await stage.open("/policy?show=advise&namespace=shop");
      await takenOver(page);
      await page.getByRole("button", { name: "Advise" }).click();
      await page.locator("[data-advice] pre").waitFor();
      expect(await page.locator("[data-advice]").textContent()).toContain("they newly deny 0.");
      const downloading = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download" }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toBe("shop-policies.yaml");
      expect(await readFile(await download.path(), "utf8")).toContain("name: hopline-web");
      await page.getByRole("button", { name: "Try it in What-if" }).click();
      const text = page.getByRole("textbox", { name: "Policies as YAML" });
      await eventually(() => text.inputValue()).toContain("name: hopline-web");
    });

    it("shows denials on the map and among the flows, and what decided in the connection's panel", async () => {
      const map = await stage.open("/map");
      const edge = map.locator('[data-health="unenforced"]').first();
      await edge.waitFor({ state: "attached" });
      expect(await map.getByText("Denied, not enforced").isVisible()).toBe(true);
      const flows = await stage.open("/flows?conformance=denied-observed");
      await flows.locator('[data-conformance="denied-observed"]').first().waitFor();
      expect(
        await flows
          .locator("[data-connection] [data-conformance]:not([data-conformance=denied-observed])")
          .count(),
      ).toBe(0);
      await flows.locator("[data-connection]").first().click();
      const decided = flows.locator('[data-verdict="ingress"]');
      await decided.waitFor();
      expect(await decided.textContent()).toContain(
        "denied: no rule of NetworkPolicy data/default-deny matches",
      );
    });

    it.each(["/policy", "/policy?show=what-if", "/policy?show=advise"])(
      "fits a phone without scrolling sideways: %s",
      async (path) => {
        const page = await stage.open(path, { viewport: NARROW });
        await page.getByRole("radio", { name: "Advise" }).waitFor();
        await page.waitForTimeout(500);
        expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      },
    );
  },
);
