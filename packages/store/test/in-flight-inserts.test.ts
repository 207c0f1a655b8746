import { expect, it } from "vitest";
import { InFlightInserts } from "../src/in-flight-inserts.js";

it("gives each insert a stamp of its own, and says up to where all is settled", async () => {
  let nowMs = 1000;
  const inserts = new InFlightInserts(() => nowMs);
  const stamps: number[] = [];
  const finishers: (() => void)[] = [];
  const begin = () =>
    inserts.run((stampUs) => {
      stamps.push(stampUs);
      return new Promise<void>((resolve) => finishers.push(resolve));
    });
  expect(inserts.settledBeforeUs()).toBe(1_000_000);
  expect(inserts.begunSince(0)).toBe(false);

  const [first, second] = [begin(), begin()];
  expect(stamps).toEqual([1_000_000, 1_000_001]);
  nowMs = 2000;
  expect(inserts.settledBeforeUs()).toBe(1_000_000);

  finishers[0]?.();
  await first;
  expect(inserts.settledBeforeUs()).toBe(1_000_001);
  expect(inserts.begunSince(1_000_001)).toBe(true);

  finishers[1]?.();
  await second;
  expect(inserts.settledBeforeUs()).toBe(2_000_000);
  expect(inserts.begunSince(1_000_001)).toBe(true);
  expect(inserts.begunSince(1_000_002)).toBe(false);
});

it("does not hand out a stamp below one that it called settled, though the clock stands or goes back", async () => {
  const inserts = new InFlightInserts(() => 500);
  const stamps: number[] = [];
  const insert = () => inserts.run(async (stampUs) => void stamps.push(stampUs));
  await insert();
  const settled = inserts.settledBeforeUs();
  await insert();
  expect(settled).toBe(500_001);
  expect(stamps[1]).toBeGreaterThanOrEqual(settled);
});

it("counts an insert that failed as settled", async () => {
  const inserts = new InFlightInserts(() => 1);
  await expect(inserts.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await inserts.settled();
  expect(inserts.settledBeforeUs()).toBe(1001);
});
