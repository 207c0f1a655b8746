import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { comparableEdge, naiveConnections, naiveMap } from "./naive-model.js";
import { RandomSource } from "./random-source.js";
import { randomTraffic } from "./random-traffic.js";
import { encodeStoredHops, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 900) * 1000;
const NO_LIMITS = { maxNodes: 1000, maxEdges: 5000 };
const RANGE = { from: T0 * 1000, to: (T0 + 600) * 1000 };

const traffic = randomTraffic(new RandomSource(20_261_121), 400, 60);
const store = await embeddedStore({ now: () => NOW_MS });

// As it comes: each node tells of its own, and neither node nor time is in order.
const batches = new Map<string, (typeof traffic)[number]["rows"][number][]>();
for (const row of traffic.flatMap((connection) => connection.rows)) {
  const key = `${row.node} ${row.window_start % 30}`;
  batches.set(key, [...(batches.get(key) ?? []), row]);
}
for (const [token, rows] of batches) await store.insertHops(encodeStoredHops(rows), token);

const truth = naiveConnections(traffic, RANGE, NOW_MS);

it("adds up to the naive sums: every edge, port, node, outcome and pod", async () => {
  const answer = await store.map({ ...RANGE, ...NO_LIMITS });
  const naive = naiveMap(truth);
  expect(answer.range).toEqual(RANGE);
  expect(new Map(answer.edges.map((edge) => [edge.id, comparableEdge(edge)]))).toEqual(naive.edges);
  expect(answer.totalEdges).toBe(naive.edges.size);
  expect(answer.totalNodes).toBe(naive.nodes.size);
  expect(
    new Map(answer.nodes.map(({ id, bytesIn, bytesOut, pods }) => [id, { bytesIn, bytesOut, pods }])),
  ).toEqual(new Map([...naive.nodes].map(([id, node]) => [id, { ...node, pods: node.pods.size }])));
  expect(answer.namespaces).toEqual(["bank", "shop"]);
});

it("keeps to a part of the range, aligned to whole windows", async () => {
  const asked = { from: (T0 + 123) * 1000 + 77, to: (T0 + 301) * 1000 };
  const aligned = { from: (T0 + 120) * 1000, to: (T0 + 310) * 1000 };
  const answer = await store.map({ ...asked, ...NO_LIMITS });
  const naive = naiveMap(naiveConnections(traffic, aligned, NOW_MS));
  expect(answer.range).toEqual(aligned);
  expect(new Map(answer.edges.map((edge) => [edge.id, comparableEdge(edge)]))).toEqual(naive.edges);
});

it("shows the busiest nodes and the busiest edges among them, and says of how many", async () => {
  const answer = await store.map({ ...RANGE, maxNodes: 6, maxEdges: 4 });
  const naive = naiveMap(truth);
  const busiest = [...naive.nodes]
    .sort(([, one], [, other]) => other.bytesIn + other.bytesOut - (one.bytesIn + one.bytesOut))
    .slice(0, 6)
    .map(([id]) => id);
  expect(answer.nodes.map((node) => node.id)).toEqual(busiest);
  const among = [...naive.edges.values()]
    .filter((edge) => busiest.includes(edge.client) && busiest.includes(edge.server))
    .sort((one, other) => other.forwardBytes + other.replyBytes - (one.forwardBytes + one.replyBytes));
  expect(answer.edges.map((edge) => edge.id)).toEqual(among.slice(0, 4).map((edge) => edge.id));
  expect([answer.totalNodes, answer.totalEdges]).toEqual([naive.nodes.size, naive.edges.size]);
});

it("shows a collapsed namespace as one node", async () => {
  const answer = await store.map({ ...RANGE, ...NO_LIMITS, collapse: ["bank"] });
  const naive = naiveMap(truth, ["bank"]);
  expect(new Map(answer.edges.map((edge) => [edge.id, comparableEdge(edge)]))).toEqual(naive.edges);
  expect(answer.nodes.find((node) => node.id === "namespace:bank")).toMatchObject({
    collapsed: true,
    entity: { namespace: "bank" },
    pods: naive.nodes.get("namespace:bank")?.pods.size,
  });
  expect(answer.nodes.some((node) => node.id.startsWith("workload:bank/"))).toBe(false);
});

it.each([
  ["edges_1m", { from: NOW_MS - 24 * 3_600_000, to: NOW_MS }, 60_000],
  ["edges_1h", { from: NOW_MS - 20 * 86_400_000, to: NOW_MS }, 3_600_000],
])("from %s, too: sums over reporters, each connection once", async (_table, range, alignMs) => {
  const answer = await store.map({ ...range, ...NO_LIMITS });
  expect(answer.range.from % alignMs).toBe(0);
  expect(answer.range.to % alignMs).toBe(0);
  // Edges know only what the reporter knew; it is the place nearest to the client, so it knew the translation.
  const naive = naiveMap(naiveConnections(onlyReporters(), RANGE, NOW_MS));
  expect(new Map(answer.edges.map((edge) => [edge.id, comparableEdge(edge)]))).toEqual(naive.edges);
  expect(
    new Map(answer.nodes.map(({ id, bytesIn, bytesOut, pods }) => [id, { bytesIn, bytesOut, pods }])),
  ).toEqual(new Map([...naive.nodes].map(([id, node]) => [id, { ...node, pods: node.pods.size }])));
});

function onlyReporters() {
  return traffic.map((connection) => ({
    ...connection,
    rows: connection.rows.filter((row) => row.reporter === 1),
  }));
}

it("gives the handshakes' median, each at the hop nearest to its client", async () => {
  const answer = await store.map({ ...RANGE, ...NO_LIMITS });
  const handshakes = new Map<string, number[]>();
  for (const connection of truth) {
    const id = [...naiveMap([connection]).edges.keys()][0]!;
    if (connection.handshakeUs !== null)
      handshakes.set(id, [...(handshakes.get(id) ?? []), connection.handshakeUs]);
  }
  expect(handshakes.size).toBeGreaterThan(5);
  for (const edge of answer.edges) {
    const values = (handshakes.get(edge.id) ?? []).sort((one, other) => one - other);
    if (values.length === 0) {
      expect(edge.handshakeP50Us).toBeNull();
      continue;
    }
    const middle = (values.length - 1) / 2;
    expect(edge.handshakeP50Us).toBeGreaterThanOrEqual(values[Math.floor(middle)]! - 0.01);
    expect(edge.handshakeP50Us).toBeLessThanOrEqual(values[Math.ceil(middle)]! + 0.01);
  }
});

it("gives the same series as the map's sums, with a point for each step", async () => {
  const series = await store.edgeSeries({ ...RANGE, namespace: ["shop"] });
  const chosen = truth.filter((connection) =>
    [connection.client, connection.server].some((end) => end.entity.namespace === "shop"),
  );
  expect(series.stepSeconds).toBe(10);
  expect(series.points).toHaveLength(60);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(series.points.map((point) => point.forwardBytes))).toBe(
    sum(chosen.map((connection) => connection.forward.bytes)),
  );
  expect(sum(series.points.map((point) => point.replyBytes))).toBe(
    sum(chosen.map((connection) => connection.reply.bytes)),
  );
  const third = { from: (T0 + 30) * 1000, to: (T0 + 40) * 1000 };
  const ids = new Set(chosen.map((connection) => connection.id));
  expect(series.points[3]?.connections).toBe(
    naiveConnections(traffic, third, NOW_MS).filter((connection) => ids.has(connection.id)).length,
  );
});

it("lengthens the step with the range", async () => {
  const series = await store.edgeSeries({ from: NOW_MS - 86_400_000, to: NOW_MS });
  expect(series.points.length).toBeLessThanOrEqual(181);
  expect(series.points.length * series.stepSeconds * 1000).toBe(series.range.to - series.range.from);
  const bytes = series.points.reduce((total, point) => total + point.forwardBytes, 0);
  expect(bytes).toBe(truth.reduce((total, connection) => total + connection.forward.bytes, 0));
});

it("sums the range up", async () => {
  const summary = await store.summary(RANGE);
  const scoped = (scope: string) => truth.filter((connection) => connection.scope === scope).length;
  const named = truth.filter(
    ({ client, server }) => client.entity.kind !== "unknown" && server.entity.kind !== "unknown",
  );
  const workloads = [...naiveMap(truth).nodes.keys()].filter((id) => id.startsWith("workload:"));
  expect(summary).toEqual({
    range: RANGE,
    connections: truth.length,
    sameNode: scoped("same-node"),
    crossNode: scoped("cross-node"),
    external: scoped("external"),
    viaService: truth.filter((connection) => connection.service !== null).length,
    edges: naiveMap(truth).edges.size,
    workloads: workloads.length,
    namedShare: named.length / truth.length,
    hopRows: traffic.flatMap((connection) => connection.rows).length,
    captureDrops: 0,
    ringPackets: 0,
  });
  const day = await store.summary({ from: NOW_MS - 86_400_000, to: NOW_MS });
  expect([day.connections, day.edges, day.viaService]).toEqual([
    summary.connections,
    summary.edges,
    summary.viaService,
  ]);
});
