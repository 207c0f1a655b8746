import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { alertWebhookSchema } from "@hopline/api";
import { createLogger } from "@hopline/process";
import { KEEP_EVERYTHING, openStore } from "@hopline/store";
import { afterAll, expect, it, vi } from "vitest";
import { AlertEngine } from "../../src/alerts/alert-engine.js";
import { receiverAddressSchema } from "../../src/alerts/delivery/receiver-address.js";
import { webhook } from "../../src/alerts/delivery/webhook.js";
import type { AlertReader, Sample } from "../../src/alerts/readings/reading.js";
import { DEFAULT_RULES } from "../../src/alerts/rules/default-rules.js";
import { SYSTEM_CLOCK } from "../../src/clock.js";
import { CollectorMetrics } from "../../src/metrics.js";
import { StoreKeeper } from "../../src/store-keeper.js";
import { temporaryFolder } from "../temporary-folder.js";

const log = createLogger({ app: "test", level: "silent", format: "json" });
const soon = { timeout: 10_000, interval: 20 };
const RULE = { ...DEFAULT_RULES["agent-silent"], forMs: 100 };

const told: string[] = [];
let isThere = true;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (isThere) {
      const { alerts } = alertWebhookSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
      told.push(...alerts.map(({ labels, state }) => `${labels.node} ${state}`));
    }
    response.writeHead(isThere ? 200 : 503).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const hook = receiverAddressSchema.parse(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

const folder = await temporaryFolder();
const keeper = new StoreKeeper({
  open: () => openStore({ kind: "embedded", dataDir: join(folder, "data"), retention: KEEP_EVERYTHING }),
  clock: SYSTEM_CLOCK,
  log,
  metrics: new CollectorMetrics(),
});
await keeper.start(async () => {});
afterAll(async () => {
  await keeper.stop();
  await new Promise((resolve) => server.close(resolve));
});

/** What is true of node1; null where the figures cannot be had. */
let state: Sample["state"] | null = "under";
const reader: AlertReader = {
  name: "test",
  rules: ["agent-silent"],
  everyMs: 50,
  offsetMs: 0,
  read: async ({ nowMs }) => {
    if (state === null) throw new Error("the store has a cold");
    const labels = { node: "node1" };
    const range = { from: nowMs - 1000, to: nowMs };
    const sample: Sample =
      state === "over"
        ? {
            labels,
            state,
            summary: "silent",
            link: "/status",
            facts: { value: 1, range, figures: [], connections: [] },
          }
        : { labels, state };
    return [{ rule: RULE, toMs: nowMs, samples: [sample], absent: "unknown" }];
  },
};

function engine() {
  const metrics = new CollectorMetrics();
  const started = new AlertEngine({
    keeper,
    rules: { ...DEFAULT_RULES, "agent-silent": RULE },
    readers: [reader],
    receivers: [webhook(hook, (path) => path)],
    clock: SYSTEM_CLOCK,
    log,
    metrics,
  });
  started.start();
  return { engine: started, metrics };
}

const stored = async () =>
  (await keeper.use("alerts", (store) => store.alerts({ limit: 10 }))).alerts.map((alert) => alert.state);

it("raises, keeps, tells and ends an alert, through two collectors after one another", async () => {
  const first = engine();
  await vi.waitFor(() => expect(first.engine.status.evaluatedAt).not.toBeNull(), soon);
  expect(first.engine.status).toMatchObject({ firing: 0, pending: 0, rules: 1, lastError: null });
  state = "over";
  await vi.waitFor(() => expect(told).toEqual(["node1 firing"]), soon);
  await vi.waitFor(async () => expect(await stored()).toEqual(["firing"]), soon);
  first.engine.measure();
  expect(await first.metrics.registry.getSingleMetricAsString("hopline_alerts")).toContain(
    'hopline_alerts{rule="agent-silent",severity="warning",state="firing"} 1',
  );
  await first.engine.stop();

  const second = engine();
  await vi.waitFor(() => expect(second.engine.status).toMatchObject({ firing: 1 }), soon);
  // A reading that fails leaves everything as it is, and is told.
  state = null;
  await vi.waitFor(() => expect(second.engine.status.lastError).toMatch(/the store has a cold/), soon);
  expect(second.engine.status.firing).toBe(1);
  // The receiver is away when it ends, and the collector is stopped before it comes back.
  isThere = false;
  state = "under";
  await vi.waitFor(async () => expect(await stored()).toEqual(["resolved"]), soon);
  await vi.waitFor(
    () => expect(second.engine.status.receivers).toMatchObject([{ state: "failing", waiting: 1 }]),
    soon,
  );
  expect(second.engine.status.lastError).toBeNull();
  await second.engine.stop();
  expect(told).toEqual(["node1 firing"]);

  isThere = true;
  const third = engine();
  await vi.waitFor(() => expect(told).toEqual(["node1 firing", "node1 resolved"]), soon);
  await third.engine.stop();

  const fourth = engine();
  await vi.waitFor(() => expect(fourth.engine.status.evaluatedAt).not.toBeNull(), soon);
  await fourth.engine.stop();
  expect(told).toEqual(["node1 firing", "node1 resolved"]);
});
