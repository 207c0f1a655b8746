import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EndpointHistory } from "../src/endpoint-history.js";
import type { KubeObject } from "../src/kube-object.js";
import { ENDPOINT_RESOURCES } from "../src/resources.js";

const PODS = ENDPOINT_RESOURCES.find(({ name }) => name === "pods")!;
const T0 = Date.parse("2026-11-21T10:00:00Z");
const SECOND = 1000;

/** That a pod really had an address, in seconds after T0: what no API tells, and the history has to find out. */
interface Tenure {
  readonly pod: string;
  readonly address: string;
  readonly startedS: number;
  readonly gotS: number;
  readonly releasedS: number;
  /** When the API says that it has the address, and that it is gone. */
  readonly toldS: number;
  readonly goneS: number;
  readonly saysReady: boolean;
}

/** What arrives at the collector, and when. */
interface Arrival {
  readonly atS: number;
  readonly type: "applied" | "deleted";
  readonly object: KubeObject;
}

const ADDRESSES = ["10.0.0.2", "10.0.0.3", "fd00::2"];

/** Chains of tenures, one address after another; tenures of one address do not overlap. */
const timeline = (saysReady: fc.Arbitrary<boolean>): fc.Arbitrary<Tenure[]> =>
  fc
    .tuple(
      ...ADDRESSES.map((address) =>
        fc
          .array(
            fc.record({
              gapS: fc.integer({ min: 0, max: 20 }),
              livesS: fc.integer({ min: 1, max: 100 }),
              waitsS: fc.integer({ min: 0, max: 40 }),
              toldLateS: fc.integer({ min: 0, max: 30 }),
              goneLateS: fc.integer({ min: 0, max: 30 }),
              saysReady,
            }),
            { maxLength: 6 },
          )
          .map((steps) => {
            let clockS = 0;
            return steps.map((step, index): Tenure => {
              const gotS = clockS + step.gapS;
              const releasedS = gotS + step.livesS;
              clockS = releasedS;
              return {
                pod: `${address}-${index}`,
                address,
                startedS: gotS - step.waitsS,
                gotS,
                releasedS,
                toldS: gotS + step.toldLateS,
                goneS: Math.max(releasedS, gotS + step.toldLateS) + step.goneLateS,
                saysReady: step.saysReady,
              };
            });
          }),
      ),
    )
    .map((chains) => chains.flat());

function podOf(tenure: Tenure, ended: boolean): KubeObject {
  const time = (seconds: number): string => new Date(T0 + seconds * SECOND).toISOString();
  const ready = { type: "PodReadyToStartContainers", status: "True", lastTransitionTime: time(tenure.gotS) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "n", name: tenure.pod, uid: tenure.pod },
    spec: { nodeName: "node-1" },
    status: {
      phase: ended ? "Succeeded" : "Running",
      podIP: tenure.address,
      startTime: time(tenure.startedS),
      conditions: tenure.saysReady ? [ready] : [],
      containerStatuses: [{ state: ended ? { terminated: { finishedAt: time(tenure.releasedS) } } : {} }],
    },
  };
}

function replay(arrivals: readonly Arrival[]): EndpointHistory {
  let nowS = 0;
  const history = new EndpointHistory({ nowMs: () => T0 + nowS * SECOND });
  for (const { atS, type, object } of arrivals) {
    nowS = atS;
    history.apply({ type, resource: PODS, object });
  }
  return history;
}

/** The naive model: walk over all tenures, second by second. */
function expectTruth(history: EndpointHistory, tenures: readonly Tenure[]): void {
  const wrong: string[] = [];
  for (const { address, pod, gotS, releasedS } of tenures) {
    for (let second = gotS; second < releasedS; second++) {
      const endpoint = history.endpointAt(address, T0 + second * SECOND + 500);
      const name = endpoint.kind === "pod" ? endpoint.name : endpoint.kind;
      if (name !== pod) wrong.push(`${address} at ${second} s is ${name}, not ${pod}`);
    }
  }
  expect(wrong).toEqual([]);
}

function expectNoOverlap(history: EndpointHistory): void {
  for (const address of ADDRESSES) {
    const intervals = history.intervals().filter((interval) => interval.address === address);
    const ordered = intervals.sort((a, b) => a.fromMs - b.fromMs);
    for (const [index, { fromMs, toMs }] of ordered.entries()) {
      expect(toMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(fromMs);
      const next = ordered[index + 1];
      if (next !== undefined) expect(toMs).toBeLessThanOrEqual(next.fromMs);
    }
  }
}

describe("whatever pods do with a few addresses", () => {
  it("every second is named rightly, in whatever order it becomes known, when objects say when they were ready and ended", () => {
    const property = fc.property(
      timeline(fc.constant(true)).chain((tenures) => {
        // Each pod's own events stay in order; those of different pods mix freely.
        const keys = fc.array(fc.tuple(fc.nat(), fc.nat()), {
          minLength: tenures.length,
          maxLength: tenures.length,
        });
        return fc.tuple(fc.constant(tenures), keys, fc.integer({ min: 0, max: 1000 }));
      }),
      ([tenures, keys, startS]) => {
        const shuffled = tenures
          .flatMap((tenure, index) => {
            const [first, second] = keys[index]!;
            return [
              { key: Math.min(first, second), object: podOf(tenure, false) },
              { key: Math.max(first, second), object: podOf(tenure, true) },
            ];
          })
          .sort((a, b) => a.key - b.key)
          .map(({ object }, index): Arrival => ({ atS: startS + index, type: "applied", object }));
        const history = replay(shuffled);
        expectTruth(history, tenures);
        expectNoOverlap(history);
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  it("every second is named rightly when events come in the order in which things happen, conditions or not", () => {
    const property = fc.property(timeline(fc.boolean()), (tenures) => {
      const arrivals = tenures.flatMap((tenure, index): Arrival[] => {
        const next = tenures[index + 1];
        // The watch says that one is gone when it is, and so before it tells the next one of the address.
        const goneS =
          next?.address === tenure.address ? Math.min(tenure.releasedS, next.gotS) : tenure.releasedS;
        return [
          { atS: Math.min(tenure.toldS, goneS), type: "applied", object: podOf(tenure, false) },
          { atS: goneS, type: "deleted", object: podOf(tenure, false) },
        ];
      });
      const history = replay(arrivals.sort((a, b) => a.atS - b.atS));
      expectTruth(history, tenures);
      expectNoOverlap(history);
    });
    fc.assert(property, { numRuns: 150 });
  });

  it("intervals never overlap and survive a restart, however late and mixed the events are", () => {
    const property = fc.property(timeline(fc.boolean()), (tenures) => {
      const arrivals = tenures.flatMap((tenure): Arrival[] => [
        { atS: tenure.toldS, type: "applied", object: podOf(tenure, false) },
        { atS: tenure.goneS, type: "deleted", object: podOf(tenure, false) },
      ]);
      const history = replay(arrivals.sort((a, b) => a.atS - b.atS));
      expectNoOverlap(history);
      const restored = new EndpointHistory();
      restored.restore(history.takeChanges());
      expect(byText(restored)).toEqual(byText(history));
    });
    fc.assert(property, { numRuns: 150 });
  });
});

function byText(history: EndpointHistory): string[] {
  return history
    .intervals()
    .map((interval) => JSON.stringify(interval))
    .sort();
}
