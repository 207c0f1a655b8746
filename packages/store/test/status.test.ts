import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { completenessRow, encodeStoredCompleteness, encodeStoredHops, hop, T0 } from "./stored-rows.js";

let nowMs = (T0 + 600) * 1000;
const store = await embeddedStore({ now: () => nowMs });

it("tells how each agent is, over the last five minutes", async () => {
  const at = (seconds: number) => T0 + 600 + seconds;
  nowMs = at(-70) * 1000;
  await store.insertCompleteness(
    encodeStoredCompleteness([completenessRow({ node: "silent", window_start: at(-80) })]),
    "silent/1",
  );
  nowMs = at(-40) * 1000;
  await store.insertCompleteness(
    encodeStoredCompleteness([completenessRow({ node: "late", window_start: at(-50) })]),
    "late/1",
  );
  nowMs = at(-2) * 1000;
  await store.insertCompleteness(
    encodeStoredCompleteness([
      completenessRow({ node: "live", window_start: at(-400), seen_frames: 1_000_000 }),
      completenessRow({ node: "live", window_start: at(-20), dropped_frames: 7, active_flows: 1 }),
      completenessRow({
        node: "live",
        window_start: at(-10),
        uncounted: "arp=1",
        conntrack_lost: 3,
        active_flows: 44,
        interfaces: 6,
        sampling: 16,
        agent_version: "0.2.0",
      }),
      completenessRow({ node: "live", window_start: at(-10), uncounted: "" }),
    ]),
    "live/1",
  );
  nowMs = at(0) * 1000;
  const { agents } = await store.status();
  expect(agents.map((agent) => [agent.node, agent.state])).toEqual([
    ["late", "late"],
    ["live", "live"],
    ["silent", "silent"],
  ]);
  expect(agents[1]).toMatchObject({
    lastBatchAt: at(-2) * 1000,
    seenFrames: 300,
    countedFrames: 270,
    uncounted: { arp: 7, lldp: 4 },
    droppedFrames: 7,
    conntrackLost: 3,
  });
  const summary = await store.summary({ from: at(-600) * 1000, to: at(0) * 1000 });
  expect([summary.captureDrops, summary.ringPackets]).toEqual([7, 1_000_500]);
});

it("tells the engine, and how large each table is", async () => {
  await store.insertHops(encodeStoredHops([hop(), hop({ is_reply: 1 })]), "hops/1");
  const status = await store.status();
  expect(status).toMatchObject({ kind: "embedded", engineVersion: expect.stringMatching(/^\d+\.\d+/) });
  const sizes = new Map(status.tables.map((table) => [table.name, table]));
  expect(sizes.get("hops")).toMatchObject({ rows: 2 });
  expect(sizes.get("hops")?.bytes).toBeGreaterThan(0);
  expect(sizes.get("completeness")).toMatchObject({ rows: 6 });
});

const web = { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" } as const;
const db = { kind: "workload", namespace: "shop", workloadKind: "StatefulSet", name: "db" } as const;

it("remembers who had an address when", async () => {
  const [early, handOver] = [(T0 - 500) * 1000, (T0 - 100) * 1000 + 123];
  const first = { address: "10.0.1.5", entity: web, pod: "web-1", node: "node1", fromMs: early, toMs: null };
  await store.insertEndpoints([
    first,
    { address: "fd00::9", entity: db, pod: "db-0", node: "node2", fromMs: early, toMs: null },
  ]);
  await store.insertEndpoints([{ ...first, toMs: handOver }]);
  await store.insertEndpoints([
    { address: "10.0.1.5", entity: db, pod: "db-0", node: "node2", fromMs: handOver, toMs: null },
  ]);

  const owners = async (at: number | undefined, q?: string) =>
    (await store.endpointsHistory({ at, q, limit: 10 })).endpoints.map((endpoint) => [
      endpoint.address,
      endpoint.pod,
      endpoint.from,
      endpoint.to,
    ]);
  expect(await owners(handOver - 1)).toEqual([
    ["fd00::9", "db-0", early, null],
    ["10.0.1.5", "web-1", early, handOver],
  ]);
  expect(await owners(handOver)).toEqual([
    ["10.0.1.5", "db-0", handOver, null],
    ["fd00::9", "db-0", early, null],
  ]);
  expect(await owners(early - 1)).toEqual([]);
  expect(await owners(undefined, "10.0.1")).toEqual([["10.0.1.5", "db-0", handOver, null]]);
  expect(await owners(handOver - 1, "WEB")).toEqual([["10.0.1.5", "web-1", early, handOver]]);
  const limited = await store.endpointsHistory({ limit: 1 });
  expect([limited.endpoints.length, limited.total, limited.at]).toEqual([1, 2, nowMs]);
  expect(
    (await store.openEndpoints()).map((interval) => [interval.address, interval.pod, interval.toMs]),
  ).toEqual([
    ["10.0.1.5", "db-0", null],
    ["fd00::9", "db-0", null],
  ]);
});

it("remembers what the cluster's objects were when", async () => {
  const ms = (second: number) => (T0 + second) * 1000 + 7;
  const policy = { kind: "NetworkPolicy", namespace: "shop", name: "web", body: '{"spec":{}}' };
  const first = { ...policy, version: "aaaaaaaa", earliestMs: ms(0), fromMs: ms(1), toMs: null };
  const amended = { ...policy, version: "bbbbbbbb", earliestMs: ms(1), fromMs: ms(1), toMs: null };
  const later = { ...policy, version: "cccccccc", earliestMs: ms(100), fromMs: ms(130), toMs: null };
  await store.insertClusterObjects([first]);
  // Taken back, and told with better knowledge; ended, and followed by another one.
  await store.insertClusterObjects([{ ...first, toMs: ms(1) }, amended]);
  await store.insertClusterObjects([{ ...amended, toMs: ms(130) }, later]);
  expect(await store.clusterObjects({ sinceMs: ms(100) })).toEqual([{ ...amended, toMs: ms(130) }, later]);
  expect(await store.clusterObjects({ sinceMs: ms(131) })).toEqual([later]);
  const town = { ...later, kind: "Namespace", namespace: "", name: "shop", body: "{}" };
  const other = { ...later, namespace: "other" };
  await store.insertClusterObjects([town, other]);
  const all = { sinceMs: ms(131) };
  expect(await store.clusterObjects({ ...all, namespaces: ["shop"] })).toEqual([town, later]);
  expect(await store.clusterObjects({ ...all, kinds: ["Namespace", "Pod"] })).toEqual([town]);
  expect(await store.clusterObjects({ sinceMs: ms(100), beforeMs: ms(130) })).toEqual([
    { ...amended, toMs: ms(130) },
  ]);
});
