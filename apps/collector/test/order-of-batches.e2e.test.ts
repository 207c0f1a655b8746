import { mapAnswerSchema, PATHS, summarySchema } from "@hopline/api";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type HopRow, hopBatch } from "./hop-batch-builder.js";
import { type RunningCollector, runCollector } from "./running-collector.js";
import { shop, shopObjects } from "./shop-cluster.js";
import { EXPECTED_SUMMARY, shopRows } from "./shop-traffic.js";

const RUNS = 6;
const WINDOWS = 3;
const HOUR = 3600;
/** Whole hours, one for each run, so that no run sees another's rows. */
const FIRST_HOUR = (Math.floor(Date.now() / 1000 / HOUR) - RUNS - 2) * HOUR;
/** Less than the wait, so that whoever comes late still comes in time. */
const LATEST_MS = 1500;

interface Sending {
  readonly batch: Uint8Array<ArrayBuffer>;
  readonly afterMs: number;
}

/** Every shop's rows cut into batches by a number for each row, sent in some order, some of them twice. */
function sendings(
  run: number,
  cuts: readonly number[],
  delays: readonly number[],
  repeats: readonly boolean[],
  late: 1 | 2,
): Sending[] {
  const rows = Array.from({ length: WINDOWS }, (_, index) =>
    shopRows(FIRST_HOUR + run * HOUR + index * 10, shop(run)),
  ).flat();
  const batches = new Map<string, { node: string; rows: HopRow[] }>();
  for (const [index, [node, row]] of rows.entries()) {
    const key = `${node} ${cuts[index % cuts.length]}`;
    const batch = batches.get(key) ?? { node, rows: [] };
    batch.rows.push(row);
    batches.set(key, batch);
  }
  const encoded = [...batches.values()].map((batch, index) => ({
    ...batch,
    bytes: hopBatch({ node: batch.node, sequence: index + 1 }, batch.rows),
  }));
  return encoded.flatMap(({ node, bytes: batch }, index) => {
    // One node's agent begins when the other's has sent all that it has.
    const afterMs = (delays[index % delays.length] ?? 0) + (node.startsWith(`node${late}`) ? LATEST_MS : 0);
    const again = { batch, afterMs: (afterMs * 7) % LATEST_MS };
    return repeats[index % repeats.length] ? [{ batch, afterMs }, again] : [{ batch, afterMs }];
  });
}

let collector: RunningCollector;

beforeAll(async () => {
  const objects = Array.from({ length: RUNS }, (_, run) => shopObjects(run)).flat();
  collector = await runCollector(["--name-wait", "8000"], objects);
}, 180_000);

it("answers the same, whatever the order, the repetition and the lateness of batches", async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 20 }),
      fc.array(fc.integer({ min: 0, max: LATEST_MS }), { minLength: 2, maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1 as const, 2 as const),
      async (cuts, delays, repeats, late) => {
        const mine = run++;
        const { namespace, node2 } = shop(mine);
        const answers = await Promise.all(
          sendings(mine, cuts, delays, repeats, late).map(async ({ batch, afterMs }) => {
            await new Promise((resolve) => setTimeout(resolve, afterMs));
            return (await collector.send(batch)).status;
          }),
        );
        expect(new Set(answers)).toEqual(new Set([200]));

        const from = (FIRST_HOUR + mine * HOUR) * 1000;
        const range = `from=${from}&to=${from + HOUR * 1000}`;
        const summary = await collector.ask(summarySchema, `${PATHS.summary}?${range}`);
        expect(summary).toMatchObject({ ...EXPECTED_SUMMARY, namedShare: 1, hopRows: 28 * WINDOWS });
        const map = await collector.ask(mapAnswerSchema, `${PATHS.map}?${range}`);
        const edges = map.edges.map(({ id, connections, forwardBytes, replyBytes, packets }) => ({
          id,
          connections,
          forwardBytes,
          replyBytes,
          packets,
        }));
        const counted = {
          connections: 1,
          forwardBytes: 1000 * WINDOWS,
          replyBytes: 1000 * WINDOWS,
          packets: 20 * WINDOWS,
        };
        expect(edges.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          [
            `external:203.0.113.50>workload:${namespace}/Pod/api`,
            `external:203.0.113.60>node:${node2}`,
            `workload:${namespace}/Pod/client>external:198.51.100.9`,
            `workload:${namespace}/Pod/client>workload:${namespace}/Pod/api`,
            `workload:${namespace}/Pod/client>workload:${namespace}/Pod/web`,
          ].map((id) => ({ id, ...counted })),
        );
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 180_000);
