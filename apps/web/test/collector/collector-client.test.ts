import { mapAnswerSchema, PATHS, statusSchema } from "@hopline/api";
import { describe, expect, it } from "vitest";
import { CollectorClient } from "../../src/collector/collector-client";

const NOW = Date.UTC(2026, 10, 21, 12);
const clientThatGets = (response: () => Response | Promise<Response>) =>
  new CollectorClient({ baseUrl: "http://x", headers: {}, fetch: async () => response(), clock: () => NOW });

describe("CollectorClient", () => {
  it("throws the collector's problem", async () => {
    const client = clientThatGets(() =>
      Response.json(
        { code: "STORE_UNAVAILABLE", status: 503, title: "Away.", detail: "Wait." },
        { status: 503 },
      ),
    );
    await expect(client.ask(PATHS.map, "", mapAnswerSchema)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: "Away.",
      detail: "Wait.",
      mayPass: true,
    });
  });

  it("says where an answer does not fit", async () => {
    const client = clientThatGets(() => Response.json({ version: 7 }));
    await expect(client.ask(PATHS.status, "", statusSchema)).rejects.toMatchObject({
      code: "ANSWER_UNEXPECTED",
      message: expect.stringContaining("version"),
    });
  });

  it("tells a web server that is away from a collector that is", async () => {
    const client = clientThatGets(() => Promise.reject(new TypeError("fetch failed")));
    await expect(client.ask(PATHS.status, "", statusSchema)).rejects.toMatchObject({
      code: "WEB_SERVER_UNREACHABLE",
    });
  });

  it("goes by the collector's clock where the own one is off, and by the own within two seconds", async () => {
    const answering = (aheadMs: number) =>
      clientThatGets(
        () => new Response("{}", { status: 404, headers: { date: new Date(NOW + aheadMs).toUTCString() } }),
      );
    const off = answering(300_000);
    await off.ask(PATHS.status, "", statusSchema).catch(() => undefined);
    expect(off.now()).toBe(NOW + 300_000);
    const near = answering(1_000);
    await near.ask(PATHS.status, "", statusSchema).catch(() => undefined);
    expect(near.now()).toBe(NOW);
  });
});
