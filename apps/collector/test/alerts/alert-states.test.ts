import type { StoredAlert } from "@hopline/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AlertStates, MOST_ALERTS_A_RULE, NO_DATA_MS } from "../../src/alerts/alert-states.js";
import type { Reading, Sample } from "../../src/alerts/readings/reading.js";
import type { AlertRule } from "../../src/alerts/rules/alert-rule.js";
import { DEFAULT_RULES } from "../../src/alerts/rules/default-rules.js";

const RULE: AlertRule = { ...DEFAULT_RULES["wire-loss"], forMs: 30_000 };
const STEP_MS = 10_000;
const T0 = 1_800_000_000_000;
const PAIR = { source_node: "node1", destination_node: "node2" };

type State = Sample["state"] | "absent";

function sample(state: Sample["state"], labels: Sample["labels"] = PAIR): Sample {
  if (state !== "over") return { labels, state };
  const range = { from: T0, to: T0 + STEP_MS };
  return {
    labels,
    state,
    summary: "lost",
    link: "/loss",
    facts: { value: 0.05, range, figures: [], connections: [] },
  };
}

function reading(index: number, state: State, rule = RULE): Reading {
  const samples = state === "absent" ? [] : [sample(state)];
  return { rule, toMs: T0 + index * STEP_MS, samples, absent: "unknown" };
}

/** Each state is what one window says; the first window is the one before them all, in which all was well. */
function play(states: readonly State[], rule = RULE): StoredAlert[] {
  const alerts = new AlertStates();
  const changed: StoredAlert[] = [];
  for (const [index, state] of (["under", ...states] as const).entries())
    changed.push(...alerts.apply(reading(index, state, rule), T0 + index * STEP_MS + 15_000));
  return changed;
}

const told = (changed: readonly StoredAlert[]) => changed.map(({ state }) => state);

describe("alert states", () => {
  it("go from pending to firing once `for` has held, and to resolved when it is over", () => {
    const changed = play(["over", "over", "over", "over", "under"]);
    expect(told(changed)).toEqual(["pending", "firing", "resolved"]);
    const [pending, firing, resolved] = changed;
    expect(pending).toMatchObject({ pendingAt: T0 + 25_000, firedAt: null, severity: "critical" });
    expect(firing).toMatchObject({
      id: pending?.id,
      firedAt: T0 + 45_000,
      facts: { value: 0.05, threshold: 0.005 },
    });
    expect(resolved).toMatchObject({
      id: pending?.id,
      firedAt: T0 + 45_000,
      resolvedAt: T0 + 65_000,
      resolution: "cleared",
    });
  });

  it("neither fire nor are resolved by what is unknown", () => {
    expect(told(play(["over", "unknown", "absent", "unknown", "over", "unknown"]))).toEqual(["pending"]);
    expect(told(play(["over", "unknown", "over", "absent", "over"]))).toEqual(["pending", "firing"]);
    expect(told(play(["over", "over", "over", "unknown", "absent", "unknown"]))).toEqual([
      "pending",
      "firing",
    ]);
  });

  it("are given up where nothing is known for too long", () => {
    const gap = new Array<State>(NO_DATA_MS / STEP_MS).fill("unknown");
    expect(told(play(["over", "over", "over", ...gap.slice(1)]))).toEqual(["pending", "firing"]);
    expect(play(["over", "over", "over", ...gap]).at(-1)).toMatchObject({
      state: "resolved",
      resolution: "no-data",
    });
    expect(told(play(["over", ...gap]))).toEqual(["pending", "lapsed"]);
  });

  it("lapse where it was not true for long enough, and begin anew", () => {
    const changed = play(["over", "over", "under", "over", "over", "over"]);
    expect(told(changed)).toEqual(["pending", "lapsed", "pending", "firing"]);
    expect(changed[0]?.id).not.toBe(changed[3]?.id);
  });

  it("stay firing through a lull shorter than keepFiring", () => {
    const rule = { ...RULE, keepFiringMs: 20_000 };
    expect(told(play(["over", "over", "over", "under", "over", "under"], rule))).toEqual([
      "pending",
      "firing",
    ]);
    expect(told(play(["over", "over", "over", "under", "under"], rule))).toEqual([
      "pending",
      "firing",
      "resolved",
    ]);
  });

  it("property: what flaps below `for` never fires, and what holds for it always does, whatever is unknown between", () => {
    const states = fc.array(fc.constantFrom<State>("over", "under", "unknown", "absent"), { maxLength: 60 });
    fc.assert(
      fc.property(states, fc.constantFrom(10_000, 30_000, 60_000), (played, forMs) => {
        const fired = told(play(played, { ...RULE, forMs })).filter((state) => state === "firing").length;
        let held = 0;
        let isFiring = false;
        let expected = 0;
        for (const state of played) {
          if (state === "over") {
            held += STEP_MS;
            if (held >= forMs && !isFiring) {
              isFiring = true;
              expected++;
            }
          } else if (state === "under") {
            held = 0;
            isFiring = false;
          }
        }
        expect(fired).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("property: each alert goes only forward, and one thing has one alert at a time", () => {
    const states = fc.array(fc.constantFrom<State>("over", "under", "unknown", "absent"), { maxLength: 80 });
    fc.assert(
      fc.property(states, (played) => {
        const byId = new Map<string, string[]>();
        let open: string | undefined;
        for (const { id, state } of play(played)) {
          byId.set(id, [...(byId.get(id) ?? []), state]);
          if (state === "pending") {
            expect(open).toBeUndefined();
            open = id;
          } else {
            expect(open).toBe(id);
            if (state !== "firing") open = undefined;
          }
        }
        for (const path of byId.values())
          expect(["pending", "pending lapsed", "pending firing", "pending firing resolved"]).toContain(
            path.join(" "),
          );
      }),
      { numRuns: 300 },
    );
  });

  it("property: loss on a wire fires within 52 s of its beginning and is resolved within 46 s of its end, whenever that is", () => {
    // Windows of 10 s are settled 15 s after their end, and read 0.1 s later; the figure is over two of them.
    const [settleMs, lateMs, ratio] = [15_000, 100, 0.05];
    const moment = fc.integer({ min: 60_000, max: 160_000 });
    const share = (from: number, to: number, begin: number, end: number) =>
      (Math.max(0, Math.min(to, end) - Math.max(from, begin)) / (to - from)) * ratio;
    fc.assert(
      fc.property(moment, fc.integer({ min: 50_000, max: 120_000 }), (begin, lasts) => {
        const alerts = new AlertStates();
        const at = new Map<string, number>();
        for (let to = 30_000; to < 400_000; to += STEP_MS) {
          const loss = share(to - RULE.lookBackMs, to, begin, begin + lasts);
          // Between the two the lower bound is below the threshold, and the figure above it.
          const state = loss > 2 * RULE.threshold ? "over" : loss > RULE.threshold ? "unknown" : "under";
          const nowMs = to + settleMs + lateMs;
          for (const alert of alerts.apply({ ...reading(0, state), toMs: to }, nowMs))
            at.set(alert.state, nowMs);
        }
        expect((at.get("firing") ?? Number.NaN) - begin).toBeLessThanOrEqual(52_000);
        expect((at.get("resolved") ?? Number.NaN) - begin - lasts).toBeLessThanOrEqual(46_000);
      }),
      { numRuns: 300 },
    );
  });

  it("count no more than the look-back where readings come late", () => {
    const alerts = new AlertStates();
    const late = (index: number, rule: AlertRule) =>
      told(alerts.apply(reading(index, "over", rule), T0 + index * STEP_MS));
    const rule = { ...RULE, forMs: 60_000 };
    // 0, 20, 40, 50 and 60 s.
    expect([0, 20, 22, 23, 24].map((index) => late(index, rule))).toEqual([
      ["pending"],
      [],
      [],
      [],
      ["firing"],
    ]);
  });

  it("count a window once, however often it is read", () => {
    const alerts = new AlertStates();
    alerts.apply(reading(0, "under"), T0);
    const changed = [1, 1, 1, 1, 2].flatMap((index) => alerts.apply(reading(index, "over"), T0 + index));
    expect(told(changed)).toEqual(["pending"]);
  });

  it("outlive the collector: nothing fires again, and what ended meanwhile is resolved", () => {
    const [, firing] = play(["over", "over", "over"]);
    const after = new AlertStates();
    after.restore([firing as StoredAlert], T0 + 100_000);
    expect(after.apply(reading(10, "over"), T0 + 110_000)).toEqual([]);
    expect(after.apply(reading(11, "under"), T0 + 120_000)).toMatchObject([
      { id: firing?.id, state: "resolved", firedAt: firing?.firedAt },
    ]);
    const off = new AlertStates();
    off.restore([firing as StoredAlert], T0 + 100_000);
    const rules = { ...DEFAULT_RULES, "wire-loss": { ...RULE, enabled: false } };
    expect(off.endOff(rules, T0 + 101_000)).toMatchObject([{ state: "resolved", resolution: "rule-off" }]);
  });

  it("agree with those of a collector beside it: the earlier alert stays, and resolved is resolved", () => {
    const [one, two] = [new AlertStates(), new AlertStates()];
    one.apply(reading(0, "under"), T0);
    two.apply(reading(0, "under"), T0);
    const [earlier] = one.apply(reading(1, "over"), T0 + 1000);
    const [later] = two.apply(reading(1, "over"), T0 + 3000);
    const stored = [earlier as StoredAlert, later as StoredAlert];
    expect(two.adopt(stored, T0 + 4000)).toMatchObject([
      { id: later?.id, state: "lapsed" },
      { id: earlier?.id, state: "pending" },
    ]);
    expect(one.adopt(stored, T0 + 4000)).toEqual([]);
    expect(two.open.map(({ id }) => id)).toEqual([earlier?.id]);
    // What it had seen held is not lost.
    two.apply(reading(2, "over"), T0 + 20_000);
    const [firing] = two.apply(reading(3, "over"), T0 + 30_000);
    expect(firing).toMatchObject({ id: earlier?.id, state: "firing" });
    expect(one.adopt([firing as StoredAlert], T0 + 31_000)).toMatchObject([{ state: "firing" }]);
    const resolved = { ...(firing as StoredAlert), state: "resolved" as const, resolvedAt: T0 + 40_000 };
    expect(one.adopt([resolved], T0 + 41_000)).toEqual([resolved]);
    expect(one.open).toEqual([]);
  });

  it("follow so many things of one rule and no more, and say so", () => {
    const alerts = new AlertStates();
    const samples = Array.from({ length: MOST_ALERTS_A_RULE + 7 }, (_, index) =>
      sample("over", { node: `node${index}` }),
    );
    alerts.apply({ ...reading(1, "over"), samples }, T0);
    expect([alerts.open.length, alerts.leftOut]).toEqual([MOST_ALERTS_A_RULE, 7]);
  });
});
