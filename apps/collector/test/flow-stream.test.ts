import { connectionSchema, PATHS, streamStatusSchema } from "@hopline/api";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type RunningCollector, runCollector } from "./running-collector.js";
import { shopBatches } from "./shop-traffic.js";

interface Event {
  readonly name: string;
  readonly data: unknown;
}

/** Server-sent events as they come, until `enough` says so or the time is over. */
async function readEvents(
  collector: RunningCollector,
  query: string,
  enough: (events: readonly Event[]) => boolean,
  onOpen: () => void = () => {},
): Promise<Event[]> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 15_000);
  const events: Event[] = [];
  try {
    const response = await fetch(`${collector.url}${PATHS.flowStream}${query}`, { signal: abort.signal });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    onOpen();
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(part);
        if (match !== null) events.push({ name: match[1]!, data: JSON.parse(match[2]!) });
      }
      if (enough(events)) break;
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  return events;
}

const connectionsOf = (events: readonly Event[]) =>
  events
    .filter(({ name }) => name === "connections")
    .flatMap(({ data }) => z.array(connectionSchema).parse(data));

describe("the live stream", () => {
  let collector: RunningCollector;
  const window = Math.floor(Date.now() / 10_000) * 10 - 10;

  beforeAll(async () => {
    collector = await runCollector();
  }, 60_000);

  it("tells of connections within seconds, to each reader what it asked for", async () => {
    const send = async () => {
      // After the first poll, which only finds out where "now" is.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      for (const batch of shopBatches(window)) expect((await collector.send(batch)).status).toBe(200);
    };
    let sent: Promise<void> | undefined;
    const [all, external] = await Promise.all([
      readEvents(
        collector,
        "",
        (events) => new Set(connectionsOf(events).map(({ id }) => id)).size === 5,
        () => {
          sent = send();
        },
      ),
      readEvents(collector, "?service=shop/web", (events) => connectionsOf(events).length > 0),
    ]);
    await sent;
    expect(new Set(connectionsOf(all).map(({ id }) => id.slice(-2)))).toEqual(
      new Set(["11", "22", "33", "44", "55"]),
    );
    expect(connectionsOf(external).map(({ id }) => id.slice(-2))).toEqual(["11"]);
  });

  it("sends a status each second, also while nothing happens", async () => {
    const events = await readEvents(collector, "?namespace=nobody", (all) => all.length >= 2);
    const states = events.map(({ name, data }) => {
      expect(name).toBe("status");
      return streamStatusSchema.parse(data);
    });
    expect(states[1]!.now - states[0]!.now).toBeGreaterThanOrEqual(900);
  });

  it("refuses a filter that is none", async () => {
    const response = await collector.get(`${PATHS.flowStream}?port=http`);
    expect(response.status).toBe(400);
  });
});
