import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { eventually } from "./browser/eventually";
import { freePort, UiServer } from "./browser/ui-server";
import { FixtureCollector } from "./fixture/fixture-collector";
import { shopWorld } from "./fixture/world";

describe("bin/serve.mjs", () => {
  it("says that a port is taken, and ends with 1", async () => {
    const port = await freePort();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    const { code, stderr } = await UiServer.spawn({ PORT: String(port) }).exit();
    taken.close();
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
  });

  it.each([
    [{ PORT: "http" }, "PORT is"],
    [{ PORT: "70000" }, "PORT is"],
    [{ PORT: "4400", HOSTNAME: "203.0.113.99" }, "HOSTNAME is"],
    [{ PORT: "4400", HOPLINE_COLLECTOR_URL: "collector:4401" }, "HOPLINE_COLLECTOR_URL is"],
  ])("refuses %o in one sentence", async (env, sentence) => {
    const { code, stderr } = await UiServer.spawn(env).exit();
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(sentence);
  });

  it("serves pages and static files from the standalone output, and stops while a stream is open", async () => {
    const collector = new FixtureCollector(shopWorld());
    const server = await UiServer.start(await collector.start());
    const page = await (await fetch(`${server.url}/status`)).text();
    const script = page.match(/\/_next\/static\/[^"]+\.js/)?.[0];
    const style = page.match(/\/_next\/static\/[^"]+\.css/)?.[0];
    for (const file of [script, style]) expect((await fetch(`${server.url}${file}`)).status).toBe(200);

    const stream = await fetch(`${server.url}/api/v1/flows/stream`);
    expect(stream.status).toBe(200);
    stream.body
      ?.getReader()
      .read()
      .catch(() => undefined);
    await eventually(() => collector.openStreams).toBe(1);
    const asked = Date.now();
    expect((await server.stop()).code).toBe(0);
    expect(Date.now() - asked).toBeLessThan(5_000);
    await collector.stop();
  });
});
