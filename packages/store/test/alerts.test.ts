import { expect, it } from "vitest";
import type { StoredAlert } from "../src/records.js";
import { embeddedStore } from "./embedded-store.js";
import {
  completenessRow,
  dnsRow,
  encodeStoredCompleteness,
  encodeStoredDns,
  encodeStoredHops,
  hop,
  T0,
} from "./stored-rows.js";

let nowMs = (T0 + 600) * 1000;
const store = await embeddedStore({ now: () => nowMs });

const PENDING: StoredAlert = {
  id: "00000000000000a1",
  rule: "wire-loss",
  severity: "critical",
  state: "pending",
  labels: { source_node: "node1", destination_node: "node2", segment: "wire" },
  summary: "4.2 % of payload is lost.",
  pendingAt: T0 * 1000 + 123,
  firedAt: null,
  resolvedAt: null,
  resolution: null,
  link: "/loss?segment=wire",
  facts: {
    value: 0.042,
    threshold: 0.005,
    unit: "share",
    range: { from: T0 * 1000, to: T0 * 1000 + 30_000 },
    figures: [{ name: "lost", value: 0.042, unit: "share" }],
    connections: [{ id: "00000000000000b1", text: "shop/web > shop/api" }],
  },
  deliveries: {},
};
const FIRING: StoredAlert = { ...PENDING, state: "firing", firedAt: T0 * 1000 + 30_456 };
const RESOLVED: StoredAlert = {
  ...FIRING,
  state: "resolved",
  resolvedAt: T0 * 1000 + 90_789,
  resolution: "cleared",
  deliveries: { "http://127.0.0.1:9093": "resolved" },
};
const QUERY = { limit: 200 };

it("keeps the latest state of an alert, and all that was true of it", async () => {
  await store.insertAlerts([PENDING]);
  await store.insertAlerts([FIRING]);
  const { deliveries: _, ...shown } = FIRING;
  expect(await store.alerts(QUERY)).toEqual({
    range: { from: (T0 - 300) * 1000, to: (T0 + 600) * 1000 },
    total: 1,
    alerts: [shown],
  });
  expect(await store.openAlerts(nowMs)).toEqual([FIRING]);

  await store.insertAlerts([RESOLVED]);
  expect((await store.alerts(QUERY)).alerts).toMatchObject([
    { state: "resolved", resolution: "cleared", resolvedAt: RESOLVED.resolvedAt },
  ]);
  expect(await store.openAlerts(RESOLVED.resolvedAt ?? 0)).toEqual([RESOLVED]);
  expect(await store.openAlerts(nowMs)).toEqual([]);
});

it("tells firing before pending before resolved, nothing that only was pending, and what the range holds", async () => {
  const other = (id: string, over: Partial<StoredAlert>): StoredAlert => ({ ...PENDING, id, ...over });
  await store.insertAlerts([
    other("00000000000000a2", { state: "lapsed" }),
    other("00000000000000a3", { state: "pending", pendingAt: T0 * 1000 + 200_000 }),
    other("00000000000000a4", { rule: "agent-silent", state: "firing", firedAt: T0 * 1000 + 100_000 }),
  ]);
  const ids = async (query: Parameters<typeof store.alerts>[0]) =>
    (await store.alerts(query)).alerts.map(({ id }) => id.slice(-2));
  expect(await ids(QUERY)).toEqual(["a4", "a3", "a1"]);
  expect(await ids({ ...QUERY, state: ["firing", "resolved"] })).toEqual(["a4", "a1"]);
  expect(await ids({ ...QUERY, rule: ["agent-silent"] })).toEqual(["a4"]);
  expect(await ids({ ...QUERY, to: T0 * 1000 + 150_000 })).toEqual(["a4", "a1"]);
  expect(await ids({ ...QUERY, from: T0 * 1000 + 95_000 })).toEqual(["a4", "a3"]);
  expect(await store.alerts({ limit: 1 })).toMatchObject({ total: 3, alerts: [{ id: "00000000000000a4" }] });
});

it("counts connections that were not answered or reset by edge, but none that policy denies, and no UDP", async () => {
  const at = T0 + 300;
  const syn = (connectionId: bigint, over: Parameters<typeof hop>[0] = {}) =>
    hop({ connection_id: connectionId, window_start: at, syn_packets: 1, payload_bytes: 0, ...over });
  await store.insertHops(
    encodeStoredHops([
      syn(0xc1n),
      syn(0xc2n),
      hop({
        connection_id: 0xc2n,
        window_start: at,
        is_reply: 1,
        rst_packets: 1,
        packets: 1,
        payload_bytes: 0,
      }),
      syn(0xc3n),
      hop({ connection_id: 0xc3n, window_start: at, is_reply: 1, syn_ack_packets: 1 }),
      syn(0xc4n, { verdict: "denied", verdict_reason: "" }),
      syn(0xc5n, { protocol: 17, syn_packets: 0 }),
      // Before the time that is asked for.
      syn(0xc6n, { window_start: at - 60 }),
    ]),
    "alerts/1",
  );
  nowMs = (at + 60) * 1000;
  expect(await store.connectionFailures({ from: at * 1000, to: (at + 30) * 1000 })).toEqual([
    {
      client: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" },
      server: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "api" },
      begun: 3,
      unanswered: 1,
      reset: 1,
      nodes: ["node1"],
      unansweredIds: ["00000000000000c1"],
      resetIds: ["00000000000000c2"],
    },
  ]);
});

it("has the median handshake between two nodes", async () => {
  const at = T0 + 1200;
  await store.insertHops(
    encodeStoredHops(
      [900, 1000, 1100].flatMap((handshakeUs, index) => {
        const row = {
          connection_id: BigInt(0xd0 + index),
          window_start: at + index * 60,
          client_node: "nodeA",
          server_node: "nodeB",
          node: "nodeA",
        };
        return [
          hop({ ...row, syn_packets: 1, handshake_us: handshakeUs }),
          hop({ ...row, is_reply: 1, syn_ack_packets: 1 }),
        ];
      }),
    ),
    "alerts/2",
  );
  expect(await store.pairRoundTrips({ from: at * 1000, to: (at + 180) * 1000 })).toEqual([
    { clientNode: "nodeA", serverNode: "nodeB", medianUs: 1000, minutes: 3, connections: 3 },
  ]);
});

it("has what each DNS server failed at, where no such name is no failure", async () => {
  const at = T0 + 2000;
  await store.insertDns(
    encodeStoredDns([
      dnsRow({ window_start: at, questions: 6, latency_sum_us: 6000 }),
      dnsRow({ window_start: at, name: "web.default", code: 3, questions: 2, latency_sum_us: 2000 }),
      dnsRow({ window_start: at, name: "broken.example", code: 2, questions: 1, latency_sum_us: 1000 }),
      dnsRow({ window_start: at, name: "lost.example", code: 255, questions: 3, latency_sum_us: 0 }),
      dnsRow({ window_start: at, reporter: 0, code: 2 }),
    ]),
    "alerts/3",
  );
  const [figures, ...others] = await store.dnsServerFigures({ from: at * 1000, to: (at + 10) * 1000 });
  expect(others).toEqual([]);
  expect(figures).toMatchObject({
    server: { kind: "service", namespace: "kube-system", name: "kube-dns" },
    asked: 12,
    failed: 4,
    unanswered: 3,
    latencyMeanUs: 1000,
    clients: 1,
  });
  expect([...(figures?.failedNames ?? [])].sort()).toEqual(["broken.example", "lost.example"]);
});

it("has how each node's agent is, and its conntrack table, but not of nodes that are gone", async () => {
  const at = T0 + 3000;
  nowMs = at * 1000;
  await store.insertCompleteness(
    encodeStoredCompleteness([
      completenessRow({ node: "node1", window_start: at - 20 }),
      completenessRow({
        node: "node1",
        window_start: at - 10,
        dropped_frames: 50,
        agent_flags: 4,
        sampling: 2,
      }),
      completenessRow({ node: "node1", window_start: at - 200, dropped_frames: 1000 }),
      completenessRow({ node: "gone", window_start: at - 20 }),
    ]),
    "alerts/4",
  );
  const node = {
    address: "192.168.0.1",
    entity: { kind: "node", namespace: "", workloadKind: "", name: "node1" },
    pod: "",
    node: "node1",
    fromMs: T0 * 1000,
    toMs: null,
  } as const;
  expect((await store.nodeFigures(120_000)).map((figures) => figures.node)).toEqual(["gone", "node1"]);
  await store.insertEndpoints([node]);
  const state = {
    version: 1,
    conntrack: { entries: 60, limit: 64, dropped: 0, earlyDropped: 0, insertFailed: 0 },
  };
  const rest = { interfaces: [], routes: [], neighbours: [], forwarding: [], rules: [], cut: false };
  await store.insertNodeStates([
    { node: "node1", readAtMs: nowMs - 5000, state: { ...rest, ...state, version: 1 } },
  ]);
  expect(await store.nodeFigures(120_000)).toEqual([
    {
      node: "node1",
      lastBatchAtMs: nowMs,
      seenFrames: 200,
      droppedFrames: 50,
      sampling: 2,
      agentEvents: ["lost-batches"],
      incompleteWindows: 1,
      conntrack: { entries: 60, limit: 64 },
    },
  ]);
});
