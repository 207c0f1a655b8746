import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { alertsAnswerSchema, PATHS, statusSchema } from "@hopline/api";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  NO_ALERTMANAGER,
  RunningAlertmanager,
  type TakenAlert,
} from "../../apps/collector/test/alerts/running-alertmanager.js";
import { Stack } from "./stack.js";

const isRoot = process.getuid?.() === 0;
const WINDOW_MS = 10_000;
/** A minute (40 to 44 s were seen), and half as long again for a machine that runs another cluster beside this one. */
const WITHIN_MS = 90_000;
const TEST_MS = 300_000;
const LOSS_RULES = ["wire-loss", "node-loss"];
const UI = "https://hopline.example";

describe.skipIf(!isRoot || NO_ALERTMANAGER !== undefined)(
  `an alert of loss on a wire, in a real Alertmanager (needs root and an Alertmanager${NO_ALERTMANAGER ? `: ${NO_ALERTMANAGER}` : ""})`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "hopline-alerts-"));
    let manager: RunningAlertmanager;
    let stack: Stack;

    beforeAll(async () => {
      manager = await RunningAlertmanager.in(folder);
      await manager.start();
      stack = new Stack({
        name: `al${process.pid}`,
        rate: 2,
        collectorArgs: ["--alertmanager", manager.url, "--external-url", UI],
      });
      await stack.start();
    });

    afterEach(async () => {
      await stack.lab.removeFault("all");
    });

    afterAll(async () => {
      await stack?.stop();
      await manager?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const lossAlerts = async () =>
      (await manager.alerts()).filter(({ labels }) => LOSS_RULES.includes(labels.rule ?? ""));

    test(
      "fires for that pair of nodes within a minute, is resolved within a minute, and no other does",
      async () => {
        await oneWindowHasPassed();
        // Those of a try before this one end first.
        await until(Date.now(), async () => (await lossAlerts()).length === 0);

        const fault = await stack.lab.addFault({
          kind: "drop-uplink",
          node: "node1",
          peer: "node2",
          probability: 0.05,
        });
        const began = Date.now();
        const fired = await until(began, async () => (await lossAlerts()).length > 0);
        const [alert] = (await lossAlerts()) as [TakenAlert];
        const wrong: string[] = [];
        // Another that came later would be seen here, too.
        await watch(5000, async () => {
          for (const { labels, annotations } of await lossAlerts())
            if (
              labels.rule !== "wire-loss" ||
              labels.source_node !== "node1" ||
              labels.destination_node !== "node2"
            )
              wrong.push(JSON.stringify({ labels, annotations }));
        });

        await stack.lab.removeFault(fault.id);
        const ended = Date.now();
        const resolved = await until(ended, async () => (await lossAlerts()).length === 0);
        expect(wrong).toEqual([]);
        process.stderr.write(`fired after ${fired} ms, resolved after ${resolved} ms\n`);
        expect(fired).toBeLessThan(WITHIN_MS);
        expect(resolved).toBeLessThan(WITHIN_MS);
        expect(alert).toMatchObject({
          labels: {
            alertname: "HoplineWireLoss",
            source_node: "node1",
            destination_node: "node2",
            segment: "wire",
          },
          annotations: { summary: expect.stringMatching(/lost on the wire from node1 to node2/) },
        });
        const link = new URL(alert.generatorURL);
        expect([
          link.origin,
          link.pathname,
          link.searchParams.get("source"),
          link.searchParams.get("segment"),
        ]).toEqual([UI, "/loss", "node1", "wire"]);

        const kept = async () => {
          const answer = await stack.api.get(alertsAnswerSchema, PATHS.alerts, {
            rule: LOSS_RULES.join(","),
          });
          return answer.alerts.filter(({ pendingAt }) => pendingAt >= began - 3 * WINDOW_MS);
        };
        // Alertmanager is told before the store has it.
        await until(Date.now(), async () => (await kept()).every(({ state }) => state === "resolved"));
        const alerts = await kept();
        expect(alerts).toMatchObject([
          { rule: "wire-loss", state: "resolved", resolution: "cleared", labels: { source_node: "node1" } },
        ]);
        const { value, threshold, figures } = alerts[0]!.facts;
        expect(value).toBeGreaterThan(threshold);
        const lost = figures.find(({ name }) => name === "lost")?.value ?? 0;
        expect(lost).toBeGreaterThan(0.02);
        expect(lost).toBeLessThan(0.09);
        const { alerting } = await stack.api.get(statusSchema, PATHS.status);
        expect(alerting).toMatchObject({
          lastError: null,
          receivers: [{ kind: "alertmanager", state: "delivered" }],
        });
        expect(stack.lost).toEqual([]);
      },
      TEST_MS,
    );
  },
);

/** Waits until a whole window has passed: those in which the agents began are not complete, and alert rules look back on two. */
async function oneWindowHasPassed(): Promise<void> {
  const endMs = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS + WINDOW_MS;
  await sleep(endMs - Date.now());
}

/** How long after `sinceMs` it was so. */
async function until(sinceMs: number, isSo: () => Promise<boolean>): Promise<number> {
  while (!(await isSo())) {
    if (Date.now() - sinceMs > WITHIN_MS + 20_000) throw new Error("it did not come about in time");
    await sleep(200);
  }
  return Date.now() - sinceMs;
}

async function watch(forMs: number, look: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + forMs; Date.now() < until; await sleep(500)) await look();
}
