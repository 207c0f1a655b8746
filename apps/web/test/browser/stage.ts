import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { FixtureCollector } from "../fixture/fixture-collector";
import type { World } from "../fixture/world";
import { launchChromium } from "./chromium";
import { UiServer } from "./ui-server";

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

/**
 * A collector over a made-up world, the built UI before it, and a browser: for a whole file of tests. Every page that
 * was opened is watched for errors, and for requests to another host; either fails the test.
 */
export class Stage {
  readonly collector: FixtureCollector;
  collectorPort = 0;
  #server: UiServer | undefined;
  #browser: Browser | undefined;
  readonly #pages: Page[] = [];
  readonly #errors: string[] = [];

  private constructor(world: World) {
    this.collector = new FixtureCollector(world);
  }

  /** Registers set-up and tear-down with the test runner. */
  static forFile(world: World): Stage {
    const stage = new Stage(world);
    beforeAll(async () => {
      stage.collectorPort = await stage.collector.start();
      [stage.#server, stage.#browser] = await Promise.all([
        UiServer.start(stage.collectorPort),
        launchChromium(),
      ]);
    });
    afterEach(async () => {
      const errors = stage.#errors.splice(0);
      for (const page of stage.#pages.splice(0)) await page.context().close();
      expect(errors).toEqual([]);
    });
    afterAll(async () => {
      await stage.#browser?.close();
      await stage.#server?.stop();
      await stage.collector.stop();
    });
    return stage;
  }

  get url(): string {
    if (this.#server === undefined) throw new Error("The stage has not been set up yet.");
    return this.#server.url;
  }

  /** `mayFail` for tests in which requests are meant to fail: the browser logs each of them as an error. */
  async open(
    path: string,
    options: BrowserContextOptions & { readonly mayFail?: boolean } = {},
  ): Promise<Page> {
    if (this.#browser === undefined) throw new Error("The stage has not been set up yet.");
    const { mayFail = false, ...rest } = options;
    const context = await this.#browser.newContext({ viewport: WIDE, ...rest });
    const page = await context.newPage();
    this.#pages.push(page);
    page.on("pageerror", (error) => this.#errors.push(`${path}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      if (mayFail && message.text().startsWith("Failed to load resource")) return;
      this.#errors.push(`${path}: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== this.url && url.protocol.startsWith("http"))
        this.#errors.push(`${path}: asked another host for ${url}`);
    });
    await page.goto(`${this.url}${path}`);
    return page;
  }
}
