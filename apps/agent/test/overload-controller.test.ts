import { describe, expect, it } from "vitest";
import { OverloadController } from "../src/capture/overload-controller.js";
import { threadCpuUs } from "../src/capture/thread-cpu.js";

/** Seconds, each with a CPU share in percent and dropped frames; the shifts that come of them. */
function shiftsOf(budgetPercent: number, seconds: readonly (readonly [percent: number, dropped?: number])[]) {
  const controller = new OverloadController(budgetPercent);
  let [nowUs, cpuUs, droppedFrames] = [5_000_000, 300_000, 7];
  controller.observe({ nowUs, cpuUs, droppedFrames });
  const shifts = seconds.map(([percent, dropped = 0]) => {
    nowUs += 1_000_000;
    cpuUs += percent * 10_000;
    droppedFrames += dropped;
    expect(controller.isDue(nowUs - 1)).toBe(false);
    expect(controller.isDue(nowUs)).toBe(true);
    return controller.observe({ nowUs, cpuUs, droppedFrames });
  });
  return { shifts, counters: controller.counters };
}

const calm = (seconds: number) => Array.from({ length: seconds }, () => [5] as const);

describe("OverloadController", () => {
  it("doubles in each second with drops, and in each over the budget after a first one", () => {
    const { shifts, counters } = shiftsOf(50, [[40], [51], [90], [90], [20, 3], [60], [30], [60], [30]]);
    expect(shifts).toEqual([0, 0, 1, 2, 3, 3, 3, 3, 3]);
    expect(counters).toEqual({ raised: { drops: 1, cpu: 2 }, lowered: 0 });
  });

  it("halves after ten seconds with room, one step at a time where there is room for one, down to all connections", () => {
    const little = Array.from({ length: 25 }, () => [20] as const);
    const { shifts, counters } = shiftsOf(50, [[80], [80], [80], ...little]);
    expect(shifts).toEqual([0, 1, 2, ...Array(9).fill(2), ...Array(10).fill(1), ...Array(6).fill(0)]);
    expect(counters.lowered).toBe(2);
  });

  it("halves as often at once as the load may double", () => {
    const raised = Array.from({ length: 8 }, () => [80] as const);
    const { shifts, counters } = shiftsOf(50, [...raised, ...calm(30)]);
    // 5 % may double three times below 45 %.
    expect(shifts).toEqual([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      ...Array(9).fill(7),
      ...Array(10).fill(4),
      ...Array(10).fill(1),
      0,
    ]);
    expect(counters.lowered).toBe(7);
    expect(shiftsOf(50, [[80], [80], ...Array(12).fill([0])]).shifts.at(-1)).toBe(0);
  });

  it("takes the mean of ten seconds for room: a window's end fills one of them", () => {
    const { shifts } = shiftsOf(50, [[20, 1], ...calm(5), [90], ...calm(4)]);
    expect(shifts.slice(-2)).toEqual([1, 0]);
    expect(shiftsOf(50, [[20, 1], ...Array(30).fill([24])]).shifts.at(-1)).toBe(1);
  });

  it("finds its place and stays there, where the load goes with what is captured", () => {
    const controller = new OverloadController(50);
    let cpuUs = 0;
    let shift = 0;
    const shifts: number[] = [];
    for (let second = 0; second < 120; second++) {
      shift = controller.observe({ nowUs: second * 1_000_000, cpuUs, droppedFrames: 0 });
      shifts.push(shift);
      cpuUs += Math.min(1, 1.8 / 2 ** shift) * 1_000_000;
    }
    expect(new Set(shifts.slice(6))).toEqual(new Set([2]));
  });

  it("goes to one in 1024, no further", () => {
    const { shifts } = shiftsOf(
      1,
      Array.from({ length: 15 }, () => [100] as const),
    );
    expect(shifts.at(-1)).toBe(10);
  });

  it("is told the CPU time of its own thread", () => {
    const before = threadCpuUs();
    const endMs = performance.now() + 400;
    let turns = 0;
    while (performance.now() < endMs) turns++;
    expect(turns).toBeGreaterThan(0);
    const usedUs = threadCpuUs() - before;
    expect(usedUs).toBeGreaterThan(50_000);
    expect(usedUs).toBeLessThan(450_000);
  });
});
