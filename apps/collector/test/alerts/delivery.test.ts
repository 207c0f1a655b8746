import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { alertWebhookSchema } from "@hopline/api";
import { createLogger } from "@hopline/process";
import { afterAll, describe, expect, it, vi } from "vitest";
import { alertmanager } from "../../src/alerts/delivery/alertmanager.js";
import { Deliverer } from "../../src/alerts/delivery/deliverer.js";
import type { Receiver } from "../../src/alerts/delivery/receiver.js";
import { receiverAddressSchema } from "../../src/alerts/delivery/receiver-address.js";
import { webhook } from "../../src/alerts/delivery/webhook.js";
import { SYSTEM_CLOCK } from "../../src/clock.js";
import { CollectorMetrics } from "../../src/metrics.js";
import { temporaryFolder } from "../temporary-folder.js";
import { NO_ALERTMANAGER, RunningAlertmanager } from "./running-alertmanager.js";
import { firingAlert, resolvedAlert } from "./stored-alert.js";

const linkTo = (path: string) => `https://hopline.example${path}`;
const log = createLogger({ app: "test", level: "silent", format: "json" });
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

function deliver(receiver: Receiver) {
  const taken: string[] = [];
  const deliverer = new Deliverer({
    receiver,
    onTaken: ({ id, state }) => taken.push(`${id.slice(-2)} ${state}`),
    clock: SYSTEM_CLOCK,
    log,
    metrics: new CollectorMetrics(),
  });
  deliverer.start();
  stops.push(() => deliverer.stop());
  return { deliverer, taken };
}

async function hook(statuses: readonly number[]) {
  const bodies: unknown[] = [];
  const headers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      headers.push(request.headers.authorization);
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(statuses[bodies.length - 1] ?? 200).end("so be it");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, bodies, headers };
}

const soon = { timeout: 10_000, interval: 50 };

describe.skipIf(NO_ALERTMANAGER !== undefined)(
  `an Alertmanager${NO_ALERTMANAGER ? ` (skipped: ${NO_ALERTMANAGER})` : ""}`,
  () => {
    it("is told until it takes an alert, and of its end", async () => {
      const manager = await RunningAlertmanager.in(await temporaryFolder());
      stops.push(() => manager.stop());
      const { deliverer, taken } = deliver(alertmanager(receiverAddressSchema.parse(manager.url), linkTo));
      expect(deliverer.status).toMatchObject({ state: "idle", waiting: 0, lastError: null });
      const firing = firingAlert();
      deliverer.note(firing);
      await vi.waitFor(() => expect(deliverer.status).toMatchObject({ state: "failing", waiting: 1 }), soon);
      expect(deliverer.status.lastError).toMatch(/ECONNREFUSED/);

      await manager.start();
      await vi.waitFor(async () => expect(await manager.alerts()).toHaveLength(1), soon);
      expect(await manager.alerts()).toMatchObject([
        {
          labels: {
            alertname: "HoplineWireLoss",
            rule: "wire-loss",
            severity: "critical",
            source_node: "node1",
            destination_node: "node2",
            segment: "wire",
          },
          annotations: { summary: firing.summary, hopline_alert: firing.id },
          generatorURL: "https://hopline.example/loss?segment=wire&source=node1&destination=node2",
          status: { state: "active" },
        },
      ]);
      const [held] = await manager.alerts();
      expect(Date.parse(held?.startsAt ?? "")).toBe(firing.firedAt);
      // It ends by itself where nobody repeats it.
      expect(Date.parse(held?.endsAt ?? "")).toBeGreaterThan(Date.now() + 200_000);
      await vi.waitFor(
        () => expect(deliverer.status).toMatchObject({ state: "delivered", waiting: 0 }),
        soon,
      );

      deliverer.note(resolvedAlert());
      await vi.waitFor(async () => expect(await manager.alerts()).toEqual([]), soon);
      expect(taken).toEqual(["a1 firing", "a1 resolved"]);
    });

    it("takes a link that nobody has told where to begin", async () => {
      const manager = await RunningAlertmanager.in(await temporaryFolder());
      stops.push(() => manager.stop());
      await manager.start();
      const { deliverer } = deliver(alertmanager(receiverAddressSchema.parse(manager.url), (path) => path));
      deliverer.note(firingAlert());
      await vi.waitFor(async () => expect(await manager.alerts()).toHaveLength(1), soon);
    });
  },
);

describe("a webhook", () => {
  it("is sent what fires and what is over, each once, again where it failed, with its user and password", async () => {
    const { port, bodies, headers } = await hook([500, 200]);
    const address = receiverAddressSchema.parse(`http://hop:l%40ne@127.0.0.1:${port}/alerts`);
    const { deliverer, taken } = deliver(webhook(address, linkTo));
    deliverer.note(firingAlert());
    await vi.waitFor(() => expect(taken).toEqual(["a1 firing"]), soon);
    deliverer.note(firingAlert());
    deliverer.note(resolvedAlert());
    await vi.waitFor(() => expect(taken).toEqual(["a1 firing", "a1 resolved"]), soon);
    expect(
      bodies.map((body) => alertWebhookSchema.parse(body).alerts.map(({ id, state }) => [id, state])),
    ).toEqual([
      [["00000000000000a1", "firing"]],
      [["00000000000000a1", "firing"]],
      [["00000000000000a1", "resolved"]],
    ]);
    expect(alertWebhookSchema.parse(bodies[0]).alerts[0]?.url).toBe(
      "https://hopline.example/loss?segment=wire&source=node1&destination=node2",
    );
    expect(new Set(headers)).toEqual(new Set([`Basic ${Buffer.from("hop:l@ne").toString("base64")}`]));
    expect(deliverer.status.url).toBe(`http://127.0.0.1:${port}/alerts`);
  });

  it("is told by the next collector what the last one could not tell, and nothing twice", async () => {
    const { port, bodies } = await hook([]);
    const address = receiverAddressSchema.parse(`http://127.0.0.1:${port}`);
    const { deliverer, taken } = deliver(webhook(address, linkTo));
    deliverer.note(resolvedAlert({ id: "00000000000000a1", deliveries: { [address.url]: "resolved" } }));
    deliverer.note(firingAlert({ id: "00000000000000a2", deliveries: { [address.url]: "firing" } }));
    deliverer.note(resolvedAlert({ id: "00000000000000a3", deliveries: { [address.url]: "firing" } }));
    deliverer.note(firingAlert({ id: "00000000000000a4", state: "pending", firedAt: null }));
    await vi.waitFor(() => expect(taken).toEqual(["a3 resolved"]), soon);
    expect(bodies).toHaveLength(1);
  });
});
