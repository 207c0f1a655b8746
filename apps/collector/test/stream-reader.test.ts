import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { streamStatusSchema } from "@hopline/api";
import { afterAll, expect, it } from "vitest";
import { eventText } from "../src/stream/event-text.js";
import { StreamReader } from "../src/stream/stream-reader.js";

const readers: StreamReader[] = [];
const server = createServer((_request, response) => {
  const reader = new StreamReader(response);
  reader.start();
  readers.push(reader);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it("leaves out what a slow reader does not take, and says how much once it takes again", async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve) => get({ host: "127.0.0.1", port }, resolve));
  const reader = readers[0]!;
  const big = eventText("connections", "x".repeat(1_000_000));
  let nowMs = 0;
  let told = 0;
  // The socket's buffers take some megabytes before a write says that it is enough.
  while (!reader.isBehind && told < 100) {
    reader.tell(big, 10, 0, nowMs++);
    told++;
  }
  expect(reader.isBehind).toBe(true);
  for (let index = 0; index < 1000; index++) reader.tell(big, 10, 0, nowMs++);
  expect(process.memoryUsage().rss, "nothing is queued").toBeLessThan(1_000_000_000);

  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await expect.poll(() => reader.isBehind, { timeout: 10_000 }).toBe(false);
  reader.tell("", 0, 5, nowMs);
  const leftOut = () =>
    [...text.matchAll(/^event: status\ndata: (.*)$/gm)].map(
      (match) => streamStatusSchema.parse(JSON.parse(match[1]!)).leftOut,
    );
  await expect.poll(() => leftOut().at(-1), { timeout: 10_000 }).toBe(1000 * 10 + 5);
  expect(leftOut()).toHaveLength(told + 1);
});
