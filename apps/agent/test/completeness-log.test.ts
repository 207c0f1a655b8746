import { AGENT_LATE_INTERFACE, type CompletenessColumns } from "@hopline/batch";
import { describe, expect, it } from "vitest";
import { CompletenessLog, type CompletenessTotals } from "../src/batches/completeness-log.js";

const totals = (seen: number, more: Partial<CompletenessTotals> = {}): CompletenessTotals => ({
  seenFrames: seen,
  countedFrames: seen,
  uncounted: {},
  droppedFrames: 0,
  conntrackLost: 0,
  evictedFlows: 0,
  lostBatches: 0,
  lateInterfaces: 0,
  activeFlows: 3,
  interfaces: 2,
  sampling: 1,
  ...more,
});

function collect() {
  const rows: object[] = [];
  const log = new CompletenessLog((row: CompletenessColumns) => {
    rows.push({
      window: row.window_start[0],
      seen: row.seen_frames[0],
      counted: row.counted_frames[0],
      uncounted: row.uncounted.values[row.uncounted.indexes[0] ?? -1],
      dropped: row.dropped_frames[0],
      flags: row.agent_flags[0],
    });
  });
  return { log, rows };
}

const SECOND_US = 1_000_000;

describe("CompletenessLog", () => {
  it("writes one row a window, with what came since the last, and says when the agent began and stopped", () => {
    const { log, rows } = collect();
    log.observe(Number.NEGATIVE_INFINITY, totals(0));
    log.observe(1003 * SECOND_US, totals(5));
    log.observe(1009 * SECOND_US, totals(9));
    log.observe(1010 * SECOND_US, totals(12, { countedFrames: 10, uncounted: { arp: 2 } }));
    log.observe(1015 * SECOND_US, totals(15, { countedFrames: 10, uncounted: { arp: 5 } }));
    log.observe(
      1021 * SECOND_US,
      totals(20, { countedFrames: 11, uncounted: { arp: 5, "not-ip": 4 }, droppedFrames: 7 }),
    );
    log.finish(
      totals(21, { countedFrames: 12, uncounted: { arp: 5, "not-ip": 4 }, droppedFrames: 7, lostBatches: 1 }),
    );
    expect(rows).toEqual([
      { window: 1000, seen: 12, counted: 10, uncounted: "arp=2", dropped: 0, flags: 1 },
      { window: 1010, seen: 8, counted: 1, uncounted: "arp=3,not-ip=4", dropped: 7, flags: 0 },
      { window: 1020, seen: 1, counted: 1, uncounted: "", dropped: 0, flags: 2 | 4 },
    ]);
  });

  it("says the largest sampling that there was in a window, from its beginning on", () => {
    const samplings: (number | undefined)[] = [];
    const log = new CompletenessLog((row) => samplings.push(row.sampling[0]));
    for (const [second, sampling] of [
      [1001, 1],
      [1005, 4],
      [1009, 2],
      [1011, 2],
      [1015, 1],
      [1021, 1],
      // It ended between these two: perhaps when the next window had begun.
      [1029, 4],
      [1031, 1],
    ]) {
      log.observe((second ?? 0) * SECOND_US, totals(second ?? 0, { sampling: sampling ?? 0 }));
    }
    log.finish(totals(2000, { sampling: 8 }));
    expect(samplings).toEqual([4, 2, 4, 8]);
  });

  it("says in which window an interface was captured late", () => {
    const { log, rows } = collect();
    for (const [second, lateInterfaces] of [
      [1001, 0],
      [1011, 0],
      [1015, 2],
      [1021, 2],
      [1031, 2],
    ])
      log.observe((second ?? 0) * SECOND_US, totals(second ?? 0, { lateInterfaces: lateInterfaces ?? 0 }));
    expect(rows).toMatchObject([{ flags: 1 }, { flags: AGENT_LATE_INTERFACE }, { flags: 0 }]);
  });

  it("writes nothing where there was no packet time at all", () => {
    const { log, rows } = collect();
    log.observe(Number.NEGATIVE_INFINITY, totals(0));
    log.finish(totals(0));
    expect(rows).toEqual([]);
  });
});
