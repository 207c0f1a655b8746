import { setTimeout as sleep } from "node:timers/promises";
import { PATHS, problemSchema, statusSchema, watchesAnswerSchema, watchSchema } from "@hopline/api";
import { parseOrders } from "@hopline/batch";
import { expect, test } from "vitest";
import { runCollector } from "./running-collector.js";

const collector = await runCollector();

const post = (body: unknown) =>
  fetch(collector.url + PATHS.watch, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const asked = (port: number) => ({
  ...{ client: "10.1.1.2", server: "10.96.0.5", port, protocol: "tcp", forSeconds: 60 },
});

test("a watch is ordered from every agent, listed, and bounded in number", async () => {
  const watch = watchSchema.parse(await (await post(asked(80))).json());
  expect(watch).toMatchObject({ ...asked(80), servers: [{ address: "10.96.0.5", port: 80 }] });
  expect(watch.until - watch.from).toBe(60_000);

  const orders: unknown = await (await collector.get(PATHS.orders)).json();
  const [order] = parseOrders(
    typeof orders === "object" && orders !== null && "orders" in orders ? orders.orders : [],
  );
  expect(order).toMatchObject({ kind: "watch", id: watch.id, protocol: 6, client: "10.1.1.2" });
  expect(order?.remainingMs).toBeGreaterThan(50_000);
  expect((await collector.ask(statusSchema, PATHS.status)).connectionWatches).toEqual([watch]);

  for (const port of [81, 82, 83]) expect((await post(asked(port))).status).toBe(200);
  const full = await post(asked(84));
  expect(full.status).toBe(429);
  expect(problemSchema.parse(await full.json())).toMatchObject({
    code: "WATCHES_FULL",
    title: "4 connections are watched already, the most at one time.",
  });
  expect((await collector.ask(watchesAnswerSchema, PATHS.watch)).watches).toHaveLength(4);
});

test("a store that is this collector's alone is asked for watches once, however often agents ask", async () => {
  await collector.get(PATHS.orders);
  await sleep(1100);
  await collector.get(PATHS.orders);
  const metrics = await (await collector.get("/metrics")).text();
  expect(metrics).toContain('hopline_store_seconds_count{operation="watches",result="ok"} 1\n');
});

test("what cannot be watched is refused, by field", async () => {
  const refused = await post({ ...asked(80), client: "web-1", forSeconds: 3600 });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("client");
});
