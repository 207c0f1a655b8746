import { connectionPathSchema, flowsAnswerSchema, PATHS } from "@hopline/api";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_BROWSER } from "./browser/chromium";
import { NARROW, Stage } from "./browser/stage";
import { shopWorld } from "./fixture/world";

describe.skipIf(NO_BROWSER !== undefined)(
  `The path in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ""}`,
  () => {
    const stage = Stage.forFile(shopWorld());
    beforeEach(() => {
      stage.collector.world = shopWorld();
    });

    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${stage.collectorPort}${path}`)).json();

    /** The latest connection across nodes with this outcome. */
    async function connectionAcross(outcome: string): Promise<string> {
      const answer = flowsAnswerSchema.parse(
        await ask(`${PATHS.flows}?outcome=${outcome}&scope=cross-node&limit=1`),
      );
      const [connection] = answer.connections;
      if (connection === undefined) throw new Error(`the fixture has no connection that is ${outcome}`);
      return connection.id;
    }

    it("opens from the connection's panel and draws hops, loss and latency in order", async () => {
      const id = await connectionAcross("delivered");
      const page = await stage.open(`/flows?last=1h&connection=${id}`);
      await page.getByRole("link", { name: "Path: where it is lost or slow" }).click();
      await page.locator(`[data-path="${id}"]`).waitFor();
      const row = page.getByRole("region", { name: "To the server" });
      expect(await row.locator("[data-hop=seen]").count()).toBe(4);
      expect(
        await row
          .locator("[data-segment]")
          .evaluateAll((all) => all.map((one) => one.getAttribute("data-segment"))),
      ).toEqual(["source node", "wire", "destination node"]);
      expect(await row.locator("[data-segment=wire]").textContent()).toMatch(/1\s%\slost.*\+200\sµs/);
      await row
        .locator("[data-segment=wire]")
        .getByText(/^usually p50 .+, p95 .+, p99 /)
        .waitFor();
      expect(await row.locator("[data-waterfall] li").allTextContents()).toHaveLength(4);
      expect(await page.locator("[data-finding=loss] li").allTextContents()).toEqual([
        expect.stringMatching(
          /^10\skB of 1\sMB payload to the server went missing on the wire from \S+ to \S+\.$/,
        ),
        expect.stringMatching(
          /^10\skB of 1\sMB payload to the client went missing on the wire from \S+ to \S+\.$/,
        ),
      ]);
      expect(new URL(page.url()).searchParams.get("last")).toBe("1h");
    });

    it("marks the broken place in words and in its place, also on a phone", async () => {
      const id = await connectionAcross("unanswered");
      const path = connectionPathSchema.parse(await ask(`${PATHS.path}/${id}`));
      const page = await stage.open("/flows?last=1h&outcome=unanswered&scope=cross-node", {
        viewport: NARROW,
      });
      // One click from a connection that failed.
      await page.getByRole("link", { name: "Path: where it failed" }).first().click();
      await page.locator(`[data-path="${id}"]`).waitFor();
      await page.locator("[data-broken]").waitFor();
      expect(await page.locator("[data-finding]").textContent()).toContain(path.broken?.sentence);
      expect(await page.locator("[data-hop=silent]").textContent()).toContain("Nothing came here");
      expect(await page.locator("[data-hop=unreached]").count()).toBe(1);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });

    it("says in a sentence that a connection is not known", async () => {
      const page = await stage.open("/path/00000000000000ff", { mayFail: true });
      await page.locator("[data-problem]").waitFor();
      expect(await page.locator("[data-problem]").textContent()).toContain("no connection of this id");
    });
  },
);
