import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { HistoryUpkeep } from "../src/history-upkeep.js";

const HOUR_MS = 3_600_000;

/** An upkeep whose clock stands still until it is told how late it is. */
function setUp() {
  const time = { nowMs: 0, wake: () => {} };
  const done: string[] = [];
  const upkeep = new HistoryUpkeep({
    history: { dropEndedBefore: (timeMs) => done.push(`forgot before ${timeMs / HOUR_MS} h`) },
    clock: {
      now: () => time.nowMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          done.push(`slept ${ms} ms`);
          time.wake = resolve;
          signal?.addEventListener("abort", () => resolve());
        }),
    },
    store: async () => void done.push("stored"),
  });
  const wakeAt = async (hours: number): Promise<void> => {
    time.nowMs = hours * HOUR_MS;
    time.wake();
    await setImmediate();
  };
  return { upkeep, done, wakeAt };
}

it("stores each second, forgets each hour what is a day old, and stores once more as it stops", async () => {
  const { upkeep, done, wakeAt } = setUp();
  upkeep.start();
  await setImmediate();
  await wakeAt(0.5);
  await wakeAt(30);
  await wakeAt(30.5);
  await upkeep.stop();
  expect(done).toEqual([
    ...["stored", "slept 1000 ms"],
    ...["stored", "slept 1000 ms"],
    ...["stored", "forgot before 6 h", "slept 1000 ms"],
    ...["stored", "slept 1000 ms"],
    "stored",
  ]);
});
