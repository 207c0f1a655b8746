import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CompletenessRow, type HopRow, tracePath, wilsonBound } from "../src/index.js";
import { ACROSS, complete, connection, DB, hopRow, LATER, OUTSIDE, WEB, WINDOW } from "./path-rows.js";

const BOTH = complete("node1", "node2");

function across(give: (index: number) => Partial<HopRow>): HopRow[] {
  return ACROSS.map((place, index) => hopRow(place, give(index)));
}

function lossesOf(
  rows: readonly HopRow[],
  completeness: readonly CompletenessRow[] = BOTH,
  nowMs = LATER.nowMs,
) {
  const path = tracePath(connection(WEB, DB), rows, completeness, [], { nowMs });
  return path.forward.segments.map(({ kind, loss }) => ({ kind, ...loss }));
}

describe("loss by segment", () => {
  test("bytes for data, packets for what carries none; on the wire and on no other segment", () => {
    const losses = lossesOf(
      across((index) =>
        index < 2 ? { packets: 1200 } : { packets: 1186, payloadBytes: 990_000, payloadPackets: 990 },
      ),
    );
    expect(losses.map(({ kind, payload, empty }) => [kind, payload?.ratio, empty?.ratio])).toEqual([
      ["source node", 0, 0],
      ["wire", 0.01, 0.02],
      ["destination node", 0, 0],
    ]);
    const wire = losses[1];
    expect(wire?.payload?.low).toBeCloseTo(0.00544, 5);
    expect(wire?.payload?.high).toBeCloseTo(0.01831, 5);
    expect(wire).toMatchObject({
      basis: "both-ends",
      why: [],
      sentPayloadBytes: 1_000_000,
      missingPayloadBytes: 10_000,
      sentEmptyPackets: 200,
      missingEmptyPackets: 4,
      windows: { measured: 1, leftOut: 0 },
    });
  });

  test("super-frames make no loss, and weigh as the segments that they stand for", () => {
    const [inside] = lossesOf(
      across((index) =>
        index === 0 ? { packets: 125, payloadPackets: 25, superFrames: 25, superFrameSegments: 1000 } : {},
      ),
    );
    expect(inside?.payload?.ratio).toBe(0);
    expect(inside?.payload?.high).toBeCloseTo(0.00383, 5);
  });

  test("of a connection that began long ago, what other connections tell of the nodes' clocks makes it unknown", () => {
    const start = WINDOW * 1e6;
    const rows = across((index) => ({
      rowFlags: 0,
      firstSeenUs: start + 1000,
      lastSeenUs: start + 9_999_000,
      ...(index < 2 ? {} : { payloadBytes: 960_000, payloadPackets: 960 }),
    }));
    const wireOf = (nodeShiftsUs: ReadonlyMap<string, number>) =>
      tracePath(connection(WEB, DB), rows, BOTH, [], { ...LATER, nodeShiftsUs }).forward.segments[1]?.loss;
    expect(wireOf(new Map())?.payload?.ratio).toBeCloseTo(0.04, 9);
    expect(wireOf(new Map([["node1>node2", 5_000_000]]))).toMatchObject({
      payload: null,
      why: ["in-flight"],
    });
  });

  test("below the floor it is no figure", () => {
    const [, wire] = lossesOf(across(() => ({ packets: 60, payloadPackets: 50, payloadBytes: 50_000 })));
    expect(wire).toMatchObject({ payload: null, empty: null, why: ["too-little"] });
  });

  test.each([
    ["the ring dropped frames", { droppedFrames: 3 }, "frames-dropped"],
    ["the agent started", { agentEvents: ["started"] as const }, "agent-started"],
    ["the agent stopped", { agentEvents: ["stopped"] as const }, "agent-stopped"],
    ["batches were lost", { agentEvents: ["lost-batches"] as const }, "batches-lost"],
    [
      "a new pod's interface was captured late",
      { agentEvents: ["late-interface"] as const },
      "interface-late",
    ],
  ])("where %s it is unknown, and not on the node that was complete", (_, given, why) => {
    const completeness = BOTH.map((row) =>
      row.node === "node2" && row.windowStart === WINDOW ? { ...row, ...given } : row,
    );
    const losses = lossesOf(
      across((index) => (index < 2 ? {} : { payloadBytes: 400_000, payloadPackets: 400, packets: 500 })),
      completeness,
    );
    expect(losses.map(({ payload }) => payload?.ratio ?? null)).toEqual([0, null, null]);
    expect(losses[1]?.why).toEqual([why]);
    expect(losses[1]?.windows).toEqual({ measured: 0, leftOut: 1 });
  });

  test("drops in the window before may be this one's, and an agent that was away shows no loss", () => {
    const before = BOTH.map((row) => (row.windowStart < WINDOW ? { ...row, droppedFrames: 1 } : row));
    expect(
      lossesOf(
        across(() => ({})),
        before,
      )[1]?.why,
    ).toEqual(["frames-dropped"]);
    const away = BOTH.filter((row) => row.node === "node1" || row.windowStart !== WINDOW);
    expect(lossesOf(across(() => ({})).slice(0, 2), away)).toMatchObject([
      { kind: "source node", basis: "both-ends" },
      { kind: "wire", basis: "single-ended" },
    ]);
    expect(
      lossesOf(
        across(() => ({})),
        away,
      )[1]?.why,
    ).toEqual(["agent-away"]);
  });

  test("sampling that left packets out", () => {
    expect(lossesOf(across(() => ({ rowFlags: 9 })))[1]?.why).toEqual(["sampled"]);
  });

  test("an open window is left out until a later one is there", () => {
    const open = BOTH.filter((row) => row.windowStart <= WINDOW);
    const soon = (WINDOW + 9) * 1000;
    expect(
      lossesOf(
        across(() => ({})),
        open,
        soon,
      )[1]?.why,
    ).toEqual(["not-settled"]);
    expect(
      lossesOf(
        across(() => ({})),
        BOTH,
        soon,
      )[1]?.payload?.ratio,
    ).toBe(0);
  });

  test("what crosses a window's edge is no loss: windows are summed, and the rest widens the bound", () => {
    const rows = ACROSS.flatMap((place, index) => [
      hopRow(place, {
        lastSeenUs: (WINDOW + 10) * 1e6 - 100,
        ...(index < 2 ? {} : { payloadBytes: 999_000 }),
      }),
      hopRow(place, {
        windowStart: WINDOW + 10,
        firstSeenUs: (WINDOW + 10) * 1e6 + 100,
        rowFlags: 0,
        ...(index < 2 ? {} : { payloadBytes: 1_001_000 }),
      }),
    ]);
    expect(lossesOf(rows)[1]).toMatchObject({
      payload: { ratio: 0 },
      missingPayloadBytes: 0,
      windows: { measured: 2, leftOut: 0 },
    });
    const cut = rows.filter((row) => row.windowStart === WINDOW);
    const wire = lossesOf(cut)[1];
    expect(wire?.payload?.ratio).toBe(0.001);
    // Wilson's bound of one in a thousand begins at 0.000177; a millisecond's worth of bytes comes off.
    expect(wire?.payload?.low).toBeCloseTo(0.00005154, 8);
  });

  test("a later hop that counts more is no negative loss", () => {
    const [, wire] = lossesOf(across((index) => (index < 2 ? {} : { payloadBytes: 1_100_000 })));
    expect(wire).toMatchObject({ payload: null, why: ["counted-more"], missingPayloadBytes: -100_000 });
  });

  test("one end alone: gaps are loss before it, bytes that came twice loss after it", () => {
    const sequence = { gapBytes: 4000, outOfOrderBytes: 6000, retransmittedBytes: 20_000 };
    const out = tracePath(
      connection(WEB, OUTSIDE),
      ACROSS.slice(0, 2).map((place) => hopRow(place, sequence)),
      complete("node1"),
      [],
      LATER,
    );
    expect(out.forward.segments[1]).toMatchObject({
      kind: "wire",
      to: null,
      loss: { basis: "single-ended", missingPayloadBytes: 20_000, payload: { ratio: 0.02 } },
    });
    const into = tracePath(
      connection(OUTSIDE, DB),
      ACROSS.slice(2).map((place) => hopRow(place, sequence)),
      complete("node2"),
      [],
      LATER,
    );
    expect(into.forward.segments[0]).toMatchObject({
      kind: "wire",
      from: null,
      loss: { basis: "single-ended", missingPayloadBytes: 10_000, sentPayloadBytes: 1_004_000 },
    });
  });
});

describe("for any traffic", () => {
  const counts = fc.record({
    sent: fc.integer({ min: 200, max: 5000 }),
    lost: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 3, maxLength: 3 }),
    windows: fc.integer({ min: 1, max: 4 }),
  });
  /** Packets of 1000 bytes, some lost on each segment. */
  const rowsOf = ({ sent, lost, windows }: { sent: number; lost: number[]; windows: number }) =>
    Array.from({ length: windows }, (_, window) =>
      ACROSS.map((place, index) => {
        const came = Math.max(0, sent - lost.slice(0, index).reduce((sum, one) => sum + one, 0));
        const windowStart = WINDOW + window * 10;
        return hopRow(place, {
          windowStart,
          rowFlags: window === 0 ? 1 : 0,
          packets: came,
          payloadPackets: came,
          payloadBytes: came * 1000,
        });
      }),
    ).flat();

  test("a figure lies within its bound and never below zero", () => {
    fc.assert(
      fc.property(counts, (given) => {
        for (const { payload, missingPayloadBytes } of lossesOf(rowsOf(given))) {
          expect(missingPayloadBytes).toBeGreaterThanOrEqual(0);
          if (payload === null) continue;
          expect(payload.low).toBeGreaterThanOrEqual(0);
          expect(payload.ratio).toBeGreaterThanOrEqual(payload.low);
          expect(payload.high).toBeGreaterThanOrEqual(payload.ratio);
          expect(payload.high).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("rows that come in another order, or again, change nothing", () => {
    fc.assert(
      fc.property(
        counts.chain((given) => {
          const rows = rowsOf(given);
          return fc.record({
            rows: fc.constant(rows),
            mixed: fc
              .tuple(fc.shuffledSubarray(rows, { minLength: rows.length }), fc.subarray(rows))
              .map((both) => both.flat()),
            completeness: fc.shuffledSubarray(BOTH, { minLength: BOTH.length }),
          });
        }),
        ({ rows, mixed, completeness }) => {
          const trace = (of: readonly HopRow[], by: readonly CompletenessRow[]) =>
            tracePath(connection(WEB, DB), of, by, [], LATER);
          expect(trace(mixed, [...completeness, ...completeness.slice(3)])).toEqual(trace(rows, BOTH));
        },
      ),
    );
  });
});

/** The roots of (seen - true)² = z² true (1 - true) / trials, solved apart. */
test("Wilson's bound", () => {
  expect(wilsonBound(0, 100).low).toBe(0);
  expect(wilsonBound(0, 100).high).toBeCloseTo(0.03699349820698568, 12);
  expect(wilsonBound(0.01, 100).low).toBeCloseTo(0.001767432064140646, 12);
  expect(wilsonBound(0.01, 100).high).toBeCloseTo(0.05448619617870532, 12);
  expect(wilsonBound(1, 100).low).toBeCloseTo(0.9630065017930162, 12);
  expect(wilsonBound(1, 100).high).toBe(1);
});
