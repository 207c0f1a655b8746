import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PeriodicRestarts } from "../src/periodic-restarts.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("one that takes longer than the interval holds back the next ones, which do not queue up", async () => {
  const ends: (() => void)[] = [];
  const restarts = new PeriodicRestarts({
    restart: () => new Promise<void>((resolve) => ends.push(resolve)),
    everyMs: 1000,
    report: () => undefined,
  });
  restarts.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ends).toHaveLength(2);
  let isStopped = false;
  const stopping = restarts.stop().then(() => {
    isStopped = true;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isStopped).toBe(false);
  ends[1]?.();
  await stopping;
  expect(ends).toHaveLength(2);
});

test("one that fails is reported, and others follow; abandoned, none does", async () => {
  const reports: string[] = [];
  const restarts = new PeriodicRestarts({
    restart: () => Promise.reject(new Error("no pod may be restarted")),
    everyMs: 1000,
    report: (message) => reports.push(message),
  });
  restarts.start();
  await vi.advanceTimersByTimeAsync(2500);
  expect(reports).toEqual(["no pod may be restarted", "no pod may be restarted"]);
  restarts.abandon();
  await vi.advanceTimersByTimeAsync(5000);
  expect(reports).toHaveLength(2);
});
